"""A router's side of NAT-PMP (RFC 6886), for what a real one cannot be made to say.

    natpmp.py answer ROUTER EXTERNAL          answers every request for the external address with EXTERNAL, and says to
                                              PCP that it speaks NAT-PMP only
    natpmp.py announce FROM AGE EXTERNAL      announces EXTERNAL from the address FROM
"""

import socket
import struct
import sys

what, own, *rest = sys.argv[1:]


def message(age, external):
    return struct.pack(">BBHI", 0, 128, 0, age) + socket.inet_aton(external)


out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
if what == "announce":
    age, external = rest
    out.bind((own, 0))
    out.sendto(message(int(age), external), ("224.0.0.1", 5350))
else:
    out.bind((own, 5351))
    print("ready", flush=True)
    while True:
        request, client = out.recvfrom(2048)
        if request == b"\0\0":
            out.sendto(message(1000, rest[0]), client)
        else:
            # Unsupported version.
            out.sendto(bytes([0, 129, 0, 1, 0, 0, 0, 0]), client)
