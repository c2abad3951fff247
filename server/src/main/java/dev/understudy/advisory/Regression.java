package dev.understudy.advisory;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Recognises an advisory that repairs what an earlier one broke: a follow-up (`-2`, `-3` …) of
/// Debian or Ubuntu whose text calls it a regression, or one with a number of its own whose text
/// says which advisory introduced it.
public final class Regression {
    private static final Pattern NUMBERED =
            Pattern.compile("((DSA|DLA|ELA|USN)-[0-9]{1,6})-([0-9]{1,3})");
    private static final Pattern TELLS =
            Pattern.compile(
                    "regression|regressed"
                            + "|(?:update|fix|patch(?:es)?) (?:was|were) (?:incomplete|incorrect)"
                            + "|(?:update|fix|patch) (?:introduced|caused|broke|contained)"
                            + "|unfortunately");

    private Regression() {}

    /// The advisory that `id` repairs; empty if it is not known to repair one.
    ///
    /// @param text its title, and as much of its description as there is
    public static String followed(String id, String text) {
        Matcher numbered = NUMBERED.matcher(id);
        if (!numbered.matches() || !TELLS.matcher(text.toLowerCase(Locale.ROOT)).find()) {
            return "";
        }
        String named = firstNamed(id, text);
        if (Integer.parseInt(numbered.group(3)) >= 2) {
            return named.startsWith(numbered.group(1) + "-") ? named : numbered.group(1) + "-1";
        }
        return named.startsWith(numbered.group(2)) && text.contains("egression") ? named : "";
    }

    private static String firstNamed(String id, String text) {
        Matcher named = NUMBERED.matcher(text);
        while (named.find()) {
            if (!named.group().equals(id)) {
                return named.group();
            }
        }
        return "";
    }
}
