package io.quotabank.planted.unmarked;

class Unmarked {}
