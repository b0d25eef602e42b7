//! The background thread: a runtime, every server on it, and the end of both.

use std::io;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::{TcpListener, UdpSocket};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use crate::dns::Handler;
use crate::http::{Endpoint, serve};
use crate::log::{Service, Site};
use crate::ports::Ports;
use crate::shared::Shared;

/// An idle TCP connection of the DNS server is closed after that long.
const DNS_TCP_IDLE: Duration = Duration::from_secs(30);

/// Answers that may wait on one DNS connection.
const DNS_TCP_BUFFER: usize = 32;

/// The thread; dropping it ends every connection and waits for the end.
#[derive(Debug)]
pub(crate) struct Running {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    pub(crate) fn start(
        ports: Ports,
        shared: &Arc<Shared>,
        idle_timeout: Duration,
    ) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        spawn(&runtime, ports, shared, idle_timeout)?;
        let (stop, stopped) = oneshot::channel();
        let thread = thread::Builder::new().name("sandbox".to_owned());
        let thread = thread.spawn(move || {
            // Told to stop, or the handle is gone: the same.
            let _ = runtime.block_on(stopped);
            runtime.shutdown_background();
        })?;
        Ok(Self {
            stop: Some(stop),
            thread: Some(thread),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed there.
            let _ = thread.join();
        }
    }
}

fn spawn(
    runtime: &Runtime,
    ports: Ports,
    shared: &Arc<Shared>,
    idle_timeout: Duration,
) -> io::Result<()> {
    let _inside = runtime.enter();
    let mut listeners = vec![
        (ports.control, Endpoint::Control),
        (ports.domeneshop, Endpoint::Service(Service::Domeneshop)),
        (
            ports.dnspod,
            Endpoint::Service(Service::DnsPod(Site::International)),
        ),
        (
            ports.dnspod_china,
            Endpoint::Service(Service::DnsPod(Site::China)),
        ),
    ];
    let echoes = (1..).zip(ports.echoes);
    listeners.extend(echoes.map(|(n, l)| (l, Endpoint::Service(Service::Echo(n)))));
    let echo6 = ports.echo6.into_iter();
    listeners.extend(echo6.map(|l| (l, Endpoint::Service(Service::Echo6))));
    for (listener, endpoint) in listeners {
        let listener = TcpListener::from_std(listener)?;
        runtime.spawn(serve(listener, endpoint, idle_timeout, Arc::clone(shared)));
    }
    let mut dns = hickory_server::Server::new(Handler {
        shared: Arc::clone(shared),
    });
    dns.register_socket(UdpSocket::from_std(ports.dns_udp)?);
    let listener = TcpListener::from_std(ports.dns_tcp)?;
    dns.register_listener(listener, DNS_TCP_IDLE, DNS_TCP_BUFFER);
    // The server's tasks end when it is dropped, so it stays with the runtime.
    runtime.spawn(async move { dns.block_until_done().await });
    Ok(())
}
