package dev.understudy.advisory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModuleStreamsTest {
    @ParameterizedTest
    @CsvSource({
        "1:14.20.0-2.module_el8.6.0+3261+490666b3,"
                + "Moderate: nodejs:14 security and bug fix update,nodejs:14",
        "7.4.6-4.module_el8.3.0+2023+d2377ea3,new module: php:7.4,php:7.4",
        "2.5.9-112.module+el8.9.0+19195+1f2a5bb8,ruby:2.5:8090020230627084142:b46abd14,ruby:2.5",
        "3.12-9.module_el8.3.0+2023+d2377ea3,criu bug fix and enhancement update,?",
        "2.4.37-56.module_el8.8.0+3560+0e3d2d3a,"
                + "Important: httpd:2.4/mod_http2 security update,httpd:2.4",
        "3.12-9.module_el8.3.0+2023+d2377ea3,'',?",
        "128.12.0-1.el10_0,Important: firefox security update,''",
        "1.0-1.el9,Moderate: nodejs:18 security update,''",
        "1.0-1.el9,nodejs:18,nodejs:18",
        "1.2.3-1~deb12u1,'',''",
    })
    void tellsTheStreamOfABuild(String version, String told, String stream) {
        assertThat(ModuleStreams.of(version, told)).isEqualTo(stream);
    }
}
