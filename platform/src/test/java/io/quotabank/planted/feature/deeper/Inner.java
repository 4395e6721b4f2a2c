package io.quotabank.planted.feature.deeper;

class Inner {}
