package io.quotabank.platform.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTests {

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1/32:8007, 127.0.0.1, 8007, true",
        "127.0.0.1/32:8007, 127.0.0.1, 8006, false",
        "127.0.0.1/32:8007, 127.0.0.2, 8007, false",
        "127.0.0.1:8007, 127.0.0.1, 8007, true",
        "127.0.0.1:8007, 127.0.0.1, 443, false",
        "127.0.0.1, 127.0.0.1, 1, true",
        "127.0.0.1/32, 127.0.0.1, 65535, true",
        "10.1.0.0/16, 10.1.255.255, 443, true",
        "10.1.0.0/16, 10.2.0.0, 443, false",
        "10.1.128.0/17:443, 10.1.127.255, 443, false",
        "10.1.128.0/17:443, 10.1.128.0, 443, true",
        "0.0.0.0/0, 203.0.113.9, 80, true",
        "0.0.0.0/0, '::1', 80, false",
        "[::1]/128:8007, '::1', 8007, true",
        "[::1]/128:8007, '::1', 8008, false",
        "[::1]:8007, '::1', 8007, true",
        "[fd00::]/8, 'fd12::1', 443, true",
        "fd00::/8, 'fd12::1', 443, true",
        "fd00::/8, 'fe80::1', 443, false",
        "127.0.0.1/32:8007, '::ffff:127.0.0.1', 8007, true"
    })
    void containsWhatItNamesAndNothingElse(String range, String address, int port, boolean contained) {
        assertThat(AddressRanges.of(List.of("192.0.2.1", range)).contains(InetAddress.ofLiteral(address), port))
                .isEqualTo(contained);
    }

    @Test
    void containsNothingWhereNoneIsNamed() {
        assertThat(AddressRanges.of(List.of()).contains(InetAddress.getLoopbackAddress(), 80))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "127.0.0.1/33",
                "127.0.0.1/32:0",
                "127.0.0.1/32:70000",
                "127.0.0.1/",
                "127.1",
                "300.0.0.1",
                "::1:8007",
                "::1",
                "::1/128:8007",
                "[::1]/129",
                "[::1",
                "127.0.0.1/32,10.0.0.0/8"
            })
    void refusesWhatIsNoRange(String text) {
        assertThatThrownBy(() -> AddressRanges.of(List.of(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text);
    }
}
