package dev.understudy.lab;

import java.util.Map;

/// A host of the lab, running or not.
///
/// @param number counts the hosts of a lab from 0 and decides the address
/// @param layers identities of the layers below its disk; other layers would not fit
record LabHost(String name, String suite, String role, int number, String layers, String diskSize) {
    LabHost {
        if (!name.matches("[a-z][a-z0-9-]{0,39}")) {
            throw new LabException(
                    "A host's name is up to 40 of a-z, 0-9 and '-', from a letter on: " + name);
        }
    }

    static LabHost of(String name, Map<String, String> state) {
        return new LabHost(
                name,
                StateFile.get(state, "suite"),
                StateFile.get(state, "role"),
                Integer.parseInt(StateFile.get(state, "number")),
                StateFile.get(state, "layers"),
                StateFile.get(state, "disk"));
    }

    Map<String, String> state() {
        return Map.of(
                "suite", suite,
                "role", role,
                "number", Integer.toString(number),
                "layers", layers,
                "disk", diskSize);
    }
}
