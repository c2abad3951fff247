#!/usr/bin/perl
# The service of a drill package: answers every request with its version. It needs nothing but
# perl-base, which every Debian has.
use strict;
use warnings;
use IO::Socket::INET;

my ($name, $version, $port) = ('@NAME@', '@VERSION@', @PORT@);
my $status = '200 OK';
@PROGRAM_FAULT@
my $listening = IO::Socket::INET->new(
    LocalAddr => '0.0.0.0', LocalPort => $port, Listen => 64, ReuseAddr => 1)
    or die "$name cannot listen on port $port: $!\n";
$SIG{PIPE} = 'IGNORE';
while (1) {
    my $client = $listening->accept or next;
    eval {
        local $SIG{ALRM} = sub { die "slow client\n" };
        alarm 5;
        while (defined(my $line = <$client>)) {
            last if $line =~ /^\r?$/;
        }
        my $body = "$name $version\n";
        print $client "HTTP/1.1 $status\r\nContent-Type: text/plain\r\nConnection: close\r\n",
            'Content-Length: ', length $body, "\r\n\r\n", $body;
    };
    alarm 0;
    close $client;
}
