package io.quotabank.planted.util;

class Strings {}
