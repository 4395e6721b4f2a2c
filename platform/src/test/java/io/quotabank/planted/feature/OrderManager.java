package io.quotabank.planted.feature;

class OrderManager {}
