package dev.understudy.advisory;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Recognises an advisory that repairs what an earlier one broke: a follow-up (`-2`, `-3` …) of
/// Debian or Ubuntu whose text calls it a regression.
public final class Regression {
    private static final Pattern NUMBERED =
            Pattern.compile("((?:DSA|DLA|ELA|USN)-[0-9]{1,6})-([0-9]{1,3})");
    private static final Pattern TELLS =
            Pattern.compile(
                    "regression|regressed|incorrect(?:ly)? (?:fix|patch)|incomplete backport"
                            + "|introduced (?:a|an) (?:bug|problem|issue|error)"
                            + "|broke |caused? (?:a |an )?(?:bug|problem|crash|issue)s?");

    private Regression() {}

    /// The advisory that `id` repairs; empty if it is not known to repair one.
    ///
    /// @param text its title, and as much of its description as there is
    public static String followed(String id, String text) {
        Matcher numbered = NUMBERED.matcher(id);
        if (!numbered.matches()) {
            return "";
        }
        int number = Integer.parseInt(numbered.group(2));
        if (number < 2 || !TELLS.matcher(text.toLowerCase(Locale.ROOT)).find()) {
            return "";
        }
        return numbered.group(1) + "-1";
    }
}
