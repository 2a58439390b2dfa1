"""Tests of individual encoding blocks, in addition to the contract tests of all encoders."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import TargetEncoder

from podium_ml.contracts import Column, Feature, FeatureSchema, Problem
from podium_ml.tabular.encoders import make_encoder
from podium_ml.tabular.encoders._levels import Levels
from podium_ml.tabular.encoders._scaler import RobustScaler, column_quantiles
from podium_ml.tabular.encoders._target_matrix import MOST_CLASSES, target_matrix
from podium_ml.tabular.encoders.onehot import MOST_LEVELS


def make_schema(**kinds: str) -> FeatureSchema:
    return FeatureSchema(tuple(Feature(name, kind, name, "") for name, kind in kinds.items()))  # type: ignore[arg-type]


def make_problem(task: str = "binary", n_classes: int = 2) -> Problem:
    classes = () if task == "regression" else tuple(range(n_classes))
    return Problem("p", task, "y", "rmse", (Column("y", "target", "int64"),), classes=classes)  # type: ignore[arg-type]


def categories(values: list[str | None]) -> pd.Series:
    return pd.Series(values, dtype="str").astype("category")


def encode(
    needs: str, X: pd.DataFrame, y: np.ndarray, schema: FeatureSchema, problem: Problem
) -> pd.DataFrame:
    """Encode the training rows and return them with feature names as columns."""
    encoder = make_encoder(needs, schema=schema, problem=problem, seed=0)
    encoded = encoder.fit_transform(X, y)
    return pd.DataFrame(np.asarray(encoded), columns=encoder.get_feature_names_out())


class TestOrdinal:
    def test_codes_follow_natural_order_and_keep_missing_values(self) -> None:
        X = pd.DataFrame(
            {"size": categories(["10", "9", None, "100"]), "grade": categories(["b", "a", "c", "a"])}
        )
        schema = make_schema(size="categorical", grade="categorical")
        encoded = encode("ordinal", X, np.array([0, 1, 0, 1]), schema, make_problem())
        assert encoded["size"].tolist()[:2] == [1, 0]
        assert np.isnan(encoded["size"][2])
        assert encoded["grade"].tolist() == [1, 0, 2, 0]

    def test_unseen_levels_are_minus_one(self) -> None:
        schema = make_schema(c="categorical")
        encoder = make_encoder("ordinal", schema=schema, problem=make_problem(), seed=0)
        encoder.fit(pd.DataFrame({"c": categories(["a", "b"])}), np.array([0, 1]))
        assert encoder.transform(pd.DataFrame({"c": categories(["z", "b"])})).ravel().tolist() == [-1, 1]

    def test_levels_without_rows_get_no_code(self) -> None:
        column = categories(["a", "b", "c", "d"])
        levels = Levels(["c"]).fit(pd.DataFrame({"c": column.iloc[2:]}))
        assert levels.codes_by_level == [{"c": 0, "d": 1}]

    def test_target_means_of_many_levels_are_cross_fitted(self) -> None:
        rng = np.random.default_rng(0)
        X = pd.DataFrame({"id": categories([f"id {i}" for i in range(400)])})
        y = rng.integers(0, 2, 400)
        encoded = encode("ordinal", X, y, make_schema(id="categorical"), make_problem())
        assert 0.4 < roc_auc_score(y, encoded["id__target_mean"]) < 0.6


class TestOneHot:
    def test_rare_and_unseen_levels_share_a_column(self) -> None:
        values = [f"level {i % 200}" if i % 2 else "often" for i in range(600)]
        schema = make_schema(c="categorical")
        encoder = make_encoder("onehot", schema=schema, problem=make_problem(), seed=0)
        encoder.fit(pd.DataFrame({"c": categories(values)}), np.arange(600) % 2)
        names = encoder.get_feature_names_out().tolist()
        assert len(names) == MOST_LEVELS + 1
        assert {"c=often", "c__rare", "c__target_mean"} <= set(names)
        unseen = encoder.transform(pd.DataFrame({"c": categories(["new", None])}))
        assert unseen[0, names.index("c__rare")] == 1
        assert unseen[1, :-1].sum() == 0

    def test_missing_values_have_their_own_level(self) -> None:
        X = pd.DataFrame({"c": categories(["a", None, "b", "a"])})
        encoded = encode("onehot", X, np.array([0, 1, 0, 1]), make_schema(c="categorical"), make_problem())
        assert encoded.columns.tolist() == ["c=a", "c=b", "c__missing"]
        assert (encoded.sum(axis=1) == 1).all()

    def test_columns_with_the_same_missing_rows_share_an_indicator(self) -> None:
        gap = np.array([1.0, np.nan, 3.0, 4.0])
        X = pd.DataFrame({"a": gap, "b": gap + 1, "c": gap[::-1], "d": [1.0, 2, 3, 4], "e": [np.nan] * 4})
        schema = make_schema(**dict.fromkeys("abcde", "numeric"))
        names = encode("onehot", X, np.array([0, 1, 0, 1]), schema, make_problem()).columns
        assert [name for name in names if name.endswith("__missing")] == ["a__missing", "c__missing"]

    def test_number_of_columns_is_limited_for_many_features(self) -> None:
        rng = np.random.default_rng(0)
        X = pd.DataFrame(
            {f"c{i}": categories(rng.integers(0, 40, 100).astype(str).tolist()) for i in range(400)}
        )
        schema = make_schema(**dict.fromkeys(X.columns, "categorical"))
        assert encode("onehot", X, np.arange(100) % 2, schema, make_problem()).shape[1] <= 400 * (12 + 1)


class TestScaler:
    def test_quantiles_match_numpy(self) -> None:
        rng = np.random.default_rng(0)
        numbers = rng.normal(size=(101, 3))
        numbers[::3, 1] = np.nan
        found = column_quantiles(numbers, (0.0, 0.25, 0.5, 1.0))
        np.testing.assert_allclose(found, np.nanquantile(numbers, (0.0, 0.25, 0.5, 1.0), axis=0))

    def test_outliers_constants_and_missing_values(self) -> None:
        numbers = np.array(
            [[1, 5, 0, np.nan], [2, 5, 0, np.nan], [3, 5, 0, np.nan], [1e30, 5, 7, np.nan]], dtype=np.float32
        )
        scaler = RobustScaler()
        scaler.fit(numbers)
        scaled = scaler.transform(numbers)
        assert np.abs(scaled).max() <= 3
        assert (np.diff(scaled[:, 0]) > 0).all()
        assert (scaled[:, [1, 3]] == 0).all()
        assert scaled[3, 2] > scaled[0, 2]


class TestTarget:
    def means(self, codes: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Return the target mean of each row, in units of the target."""
        X = pd.DataFrame({"c": categories(codes.astype(str).tolist())})
        schema, problem = make_schema(c="categorical"), make_problem("regression")
        encoder = make_encoder("ordinal", schema=schema, problem=problem, seed=0).fit(X, y)
        return encoder.transform(X)[:, 1] * y.std() + y.mean()

    def test_means_of_levels_with_enough_rows_match_scikit_learn(self) -> None:
        rng = np.random.default_rng(0)
        codes = rng.integers(0, 30, 500)
        y = codes + rng.normal(size=500)
        encoder = TargetEncoder(target_type="continuous").fit(codes[:, None], y)
        np.testing.assert_allclose(self.means(codes, y), encoder.transform(codes[:, None])[:, 0], atol=0.1)

    def test_means_are_the_best_guesses_for_levels_of_few_rows(self) -> None:
        """If levels and rows are normal, Bayes' rule gives the means, with the true spreads."""
        rng = np.random.default_rng(0)
        codes = rng.integers(0, 2_000, 6_000)
        rows = np.bincount(codes)[codes]
        y = 0.7 * rng.normal(size=2_000)[codes] + rng.normal(size=6_000)
        own = pd.Series(y).groupby(codes).transform("mean").to_numpy()
        trust = rows * 0.49 / (rows * 0.49 + 1)
        np.testing.assert_allclose(self.means(codes, y), trust * own, atol=0.25)

    @pytest.mark.parametrize("rows_of_level", [1, 3])
    def test_levels_without_meaning_are_not_trusted(self, rows_of_level: int) -> None:
        rng = np.random.default_rng(0)
        codes, y = np.arange(3_000) // rows_of_level, rng.normal(size=3_000)
        assert self.means(codes, y).std() < 0.1

    def test_number_of_columns_is_limited_for_many_classes(self) -> None:
        rng = np.random.default_rng(0)
        X = pd.DataFrame({"c": categories(rng.integers(0, 300, 900).astype(str).tolist())})
        y = np.arange(900) % 60
        encoded = encode("target", X, y, make_schema(c="categorical"), make_problem("multiclass", 60))
        assert encoded.shape[1] == MOST_CLASSES

    def test_few_levels_are_one_hot_encoded_for_multiclass_targets(self) -> None:
        X = pd.DataFrame({"c": categories(["a", "b"] * 20)})
        encoded = encode(
            "target", X, np.arange(40) % 4, make_schema(c="categorical"), make_problem("multiclass", 4)
        )
        assert encoded.columns.tolist() == ["c=a", "c=b"]

    def test_target_matrix_is_standardized(self) -> None:
        y = np.arange(90) % 45
        matrix = target_matrix(y, task="multiclass")
        assert matrix.shape == (90, MOST_CLASSES)
        np.testing.assert_allclose(matrix.std(axis=0), 1)
        assert not target_matrix(np.ones(5), task="regression").any()
        assert target_matrix(np.array([0, 1, 1]), task="binary").shape == (3, 1)


class TestText:
    WORDS = (
        ["lovely great wine", "tasty and good", "really fine"],
        ["awful sour stuff", "bad taste", "never again"],
    )

    def table(self, rows: int = 300) -> tuple[pd.DataFrame, np.ndarray]:
        rng = np.random.default_rng(0)
        y = np.arange(rows) % 2
        filler = rng.choice([f"word{i}" for i in range(400)], (rows, 12))
        texts = [
            " ".join([*row, self.WORDS[label][k % 3]])
            for k, (row, label) in enumerate(zip(filler, y, strict=True))
        ]
        return pd.DataFrame({"review": pd.Series(texts, dtype="string")}), y

    @pytest.mark.parametrize("needs", ["ordinal", "onehot", "native", "target"])
    def test_scores_predict_the_target_of_new_rows(self, needs: str) -> None:
        X, y = self.table()
        encoder = make_encoder(needs, schema=make_schema(review="text"), problem=make_problem(), seed=0)
        trained = np.asarray(encoder.fit_transform(X.iloc[:200], y[:200]))
        model = LogisticRegression().fit(trained, y[:200])
        new = np.asarray(encoder.transform(X.iloc[200:]))
        assert roc_auc_score(y[200:], model.predict_proba(new)[:, 1]) > 0.95
        assert encoder.get_feature_names_out()[-1] == "review__score"

    def test_scores_of_training_rows_are_cross_fitted(self) -> None:
        rng = np.random.default_rng(0)
        words = [f"word{i}" for i in range(3_000)]
        X = pd.DataFrame(
            {"review": pd.Series([" ".join(rng.choice(words, 30)) for _ in range(200)], dtype="string")}
        )
        y = rng.integers(0, 2, 200)
        encoded = encode("ordinal", X, y, make_schema(review="text"), make_problem())
        assert 0.35 < roc_auc_score(y, encoded["review__score"]) < 0.65

    def test_multiclass_text_scores(self) -> None:
        X, _ = self.table()
        encoded = encode(
            "onehot", X, np.arange(300) % 3, make_schema(review="text"), make_problem("multiclass", 3)
        )
        assert [name for name in encoded if "__score" in name] == [f"review__score_{k}" for k in (1, 2, 3)]

    def test_scripts_without_spaces_use_characters(self) -> None:
        texts = ["とても美味しいワインです" * 4, "ひどい味でした二度と買わない" * 4] * 50
        X, y = pd.DataFrame({"review": pd.Series(texts, dtype="string")}), np.arange(100) % 2
        encoder = make_encoder(
            "ordinal", schema=make_schema(review="text"), problem=make_problem(), seed=0
        ).fit(X, y)
        new = pd.DataFrame({"review": pd.Series(["この美味しいワイン", "味がひどい"], dtype="string")})
        good, bad = encoder.transform(new)[:, -1]
        assert good < bad

    def test_few_rows_get_no_score(self) -> None:
        X, y = self.table()
        encoded = encode("onehot", X.iloc[:12], y[:12], make_schema(review="text"), make_problem())
        assert not any("score" in name for name in encoded)


class TestNative:
    def test_unseen_levels_are_missing(self) -> None:
        schema = make_schema(c="categorical", n="numeric")
        encoder = make_encoder("native", schema=schema, problem=make_problem(), seed=0)
        X = pd.DataFrame({"c": categories(["b", "a"]), "n": [1.0, 2.0]}).set_axis([7, 9])
        trained = encoder.fit_transform(X, np.array([0, 1]))
        new = encoder.transform(pd.DataFrame({"c": categories(["z", "a"]), "n": [1.0, 2.0]}))
        assert trained.dtypes.equals(new.dtypes)
        assert trained.index.tolist() == [7, 9]
        assert new["c"].isna().tolist() == [True, False]
        assert new["n"].dtype == np.float32

    def test_many_levels_become_codes_and_target_means(self) -> None:
        X = pd.DataFrame(
            {"c": categories([f"level {i % 40}" for i in range(200)]), "d": categories(["a", "b"] * 100)}
        )
        schema = make_schema(c="categorical", d="categorical")
        encoder = make_encoder("native", schema=schema, problem=make_problem(), seed=0)
        encoded = encoder.fit_transform(X, np.arange(200) % 2)
        assert (
            encoded.columns.tolist()
            == encoder.get_feature_names_out().tolist()
            == ["d", "c", "c__target_mean"]
        )
        assert encoded["c"].dtype == np.float32
        assert isinstance(encoded["d"].dtype, pd.CategoricalDtype)


def test_unknown_encoding() -> None:
    with pytest.raises(ValueError, match="no encoder"):
        make_encoder("other", schema=make_schema(), problem=make_problem(), seed=0)  # type: ignore[arg-type]


def test_encoding_is_reproducible() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"c": categories(rng.integers(0, 60, 200).astype(str).tolist())})
    y, schema = rng.normal(size=200), make_schema(c="categorical")
    first, second = (encode("target", X, y, schema, make_problem("regression")) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)
