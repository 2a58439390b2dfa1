"""What is the problem, and can the data be trusted?"""
