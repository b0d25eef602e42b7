use super::*;
use crate::sources::router::upnp::tests::captures::capture;

/// A real description and where it was read, and the connections it names.
type Sample = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const SAMPLES: [Sample; 7] = [
    (
        "google-wifi.desc.xml",
        "http://192.168.86.1:5000/rootDesc.xml",
        &[(
            "upnp-org:service:WANIPConnection:2",
            "http://192.168.86.1:5000/ctl/IPConn",
        )],
    ),
    (
        "pfsense-2.5.desc.xml",
        "http://192.168.1.1:2189/rootDesc.xml",
        &[(
            "upnp-org:service:WANIPConnection:1",
            "http://192.168.1.1:2189/ctl/IPConn",
        )],
    ),
    (
        "mikrotik-chr-7.10.desc.xml",
        "http://10.0.0.1:2828/gateway_description.xml",
        &[
            (
                "upnp-org:service:WANIPConnection:1",
                "http://10.0.0.1:2828/upnp/control/yomkmsnooi/wanipconn-1",
            ),
            (
                "upnp-org:service:WANIPConnection:1",
                "http://10.0.0.1:2828/upnp/control/xstnsgeuyh/wanipconn-7",
            ),
        ],
    ),
    (
        "huawei-hg531v1.desc.xml",
        "http://192.168.1.1:37215/desc.xml",
        &[(
            "dslforum-org:service:WANPPPConnection:1",
            "http://192.168.1.1:37215/ctrlt/WANPPPConnection_1",
        )],
    ),
    (
        "sagemcom-livebox.desc.xml",
        "http://192.168.1.1:60000/87895a19/gatedesc.xml",
        &[(
            "upnp-org:service:WANPPPConnection:2",
            "http://192.168.1.1:60000/87895a19/upnp/control/WANIPConn1",
        )],
    ),
    (
        "libtorrent-root1.desc.xml",
        "http://192.168.0.1:4444/rootdesc1.xml",
        &[(
            "upnp-org:service:WANIPConnection:1",
            "http://192.168.0.1:4444/wipconn",
        )],
    ),
    (
        "fritzbox-igddesc.desc.xml",
        "http://192.168.178.1:49000/igddesc.xml",
        &[(
            "upnp-org:service:WANIPConnection:1",
            "http://192.168.178.1:49000/igdupnp/control/WANIPConn1",
        )],
    ),
];

#[test]
fn the_descriptions_of_real_routers_name_their_connections() {
    for (name, location, connections) in SAMPLES {
        let Some(bytes) = capture(name) else { return };
        let location = at(location);
        let router = location.host_str().unwrap().parse().unwrap();
        let read = read(&bytes, &location, router).unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|connection| {
                (
                    &connection.kind["urn:".len()..],
                    connection.control.as_str(),
                )
            })
            .map(|(kind, control)| (kind.trim_start_matches("schemas-"), control))
            .collect();
        assert_eq!(read, connections, "{location}");
    }
}
