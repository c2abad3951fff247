package dev.understudy.advisory.updateinfo;

import dev.understudy.advisory.FeedException;
import dev.understudy.advisory.FeedFile;
import dev.understudy.advisory.FeedFormat;
import dev.understudy.advisory.FeedHeader;
import dev.understudy.advisory.FeedSink;
import dev.understudy.advisory.Releases;
import dev.understudy.advisory.StrictXml;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads `updateinfo.xml`, packed or not, of one repository. The file does not say for which
/// release it is, so the feed's name has to: `updateinfo-DISTRIBUTION-VERSION`, and anything after
/// it, as in `updateinfo-almalinux-9-baseos` or `updateinfo-opensuse-leap-15.6`, in the words that
/// a host's os-release uses.
public final class UpdateinfoFormat implements FeedFormat {
    private static final Pattern NAME =
            Pattern.compile("updateinfo-([a-z][a-z_]*(?:-[a-z_]+)*)-([0-9]+(?:\\.[0-9]+)*)(-.*)?");

    @Override
    public String kind() {
        return "updateinfo";
    }

    @Override
    public FeedHeader read(FeedFile file, FeedSink sink) throws IOException, FeedException {
        Matcher named = NAME.matcher(file.feed());
        if (!named.matches()) {
            throw new FeedException(
                    ("the feed is named '%s', which does not say for which release it is; name it"
                                    + " like updateinfo-almalinux-9-baseos")
                            .formatted(file.feed()));
        }
        String release = Releases.ofHost(named.group(1), named.group(2), "");
        try (InputStream in = file.open();
                StrictXml xml = StrictXml.of(in)) {
            if (!xml.next() || !xml.element().equals("updates")) {
                throw new FeedException("the document is not a list of updates");
            }
            UpdateReader reader =
                    new UpdateReader(
                            xml, sink, release, file.feed().substring("updateinfo-".length()));
            reader.readAll();
            return new FeedHeader(reader.newest(), "");
        }
    }
}
