use std::time::Duration;

use hickory_resolver::proto::{
    op::{Message, MessageType, OpCode},
    rr::{RData, Record, rdata::A},
};
use tokio::net::{TcpListener, UdpSocket};

use super::*;

const OURS: Ipv4Addr = Ipv4Addr::new(84, 212, 10, 20);
const RANDOM: [u8; 8] = [7, 7, 0xa5, 0x5a, 0xa5, 0x5a, 0xa5, 0x5a];

/// A server of both transports on one loopback port.
async fn server() -> (UdpSocket, TcpListener, SocketAddr) {
    loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let place = udp.local_addr().unwrap();
        // Somebody else may have the port for TCP.
        if let Ok(tcp) = TcpListener::bind(place).await {
            return (udp, tcp, place);
        }
    }
}

async fn ask(place: SocketAddr, millis: u64) -> Result<IpAddr, String> {
    let way = SocketBinder::new(Family::V4.into(), Duration::from_millis(millis));
    OPERATORS[0].ask_at(&way, place, RANDOM).await
}

/// The answer to a question on the wire.
fn answer(question: &[u8], change: impl Fn(&mut Message)) -> Vec<u8> {
    let asked = Message::from_vec(question).unwrap();
    let mut message = Message::new(asked.metadata.id, MessageType::Response, OpCode::Query);
    let query = asked.queries[0].clone();
    let record = Record::from_rdata(query.name().clone(), 0, RData::A(A(OURS)));
    message.add_query(query).add_answer(record);
    change(&mut message);
    message.to_vec().unwrap()
}

async fn hear(udp: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut room = [0; 600];
    let (length, client) = udp.recv_from(&mut room).await.unwrap();
    (room[..length].to_vec(), client)
}

fn cut_short(message: &mut Message) {
    message.metadata.truncation = true;
    message.answers.clear();
}

#[test]
fn every_operator_is_another_one_at_another_server() {
    for (position, operator) in OPERATORS.iter().enumerate() {
        let others = &OPERATORS[position + 1..];
        assert!(
            others
                .iter()
                .all(|it| it.name != operator.name && it.asks != operator.asks)
        );
    }
}

#[tokio::test]
async fn the_address_is_asked_for_by_udp() {
    let (udp, _tcp, place) = server().await;
    let answering = async {
        let (question, client) = hear(&udp).await;
        let answer = answer(&question, |_| {});
        udp.send_to(&answer, client).await.unwrap();
    };
    let (addr, ()) = tokio::join!(ask(place, 10_000), answering);
    assert_eq!(addr, Ok(OURS.into()));
}

#[tokio::test]
async fn an_answer_that_is_cut_short_is_asked_for_again_by_tcp() {
    let (udp, tcp, place) = server().await;
    let answering = async {
        let (question, client) = hear(&udp).await;
        udp.send_to(&answer(&question, cut_short), client)
            .await
            .unwrap();
        let (mut stream, _) = tcp.accept().await.unwrap();
        let length = stream.read_u16().await.unwrap();
        let mut question = vec![0; length.into()];
        stream.read_exact(&mut question).await.unwrap();
        let answer = answer(&question, |_| {});
        let length = u16::try_from(answer.len()).unwrap();
        stream.write_u16(length).await.unwrap();
        stream.write_all(&answer).await.unwrap();
    };
    let (addr, ()) = tokio::join!(ask(place, 10_000), answering);
    assert_eq!(addr, Ok(OURS.into()));
}

#[tokio::test]
async fn an_answer_by_tcp_that_is_too_long_or_cut_short_is_refused() {
    let long = [0xff_u8; 2].to_vec();
    for (sent, reason) in [
        (long, "by TCP: the answer is too long"),
        (vec![0, 1, 9], "by TCP: its id"),
        (vec![], "by TCP: "),
    ] {
        let (udp, tcp, place) = server().await;
        let answering = async {
            let (question, client) = hear(&udp).await;
            udp.send_to(&answer(&question, cut_short), client)
                .await
                .unwrap();
            let (mut stream, _) = tcp.accept().await.unwrap();
            let mut question = [0; 36];
            stream.read_exact(&mut question).await.unwrap();
            stream.write_all(&sent).await.unwrap();
        };
        let (addr, ()) = tokio::join!(ask(place, 10_000), answering);
        let error = addr.unwrap_err();
        assert!(error.starts_with(reason), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_is_silent_by_tcp_is_given_up_at_the_deadline() {
    let (udp, _tcp, place) = server().await;
    let answering = async {
        let (question, client) = hear(&udp).await;
        udp.send_to(&answer(&question, cut_short), client)
            .await
            .unwrap();
    };
    let (addr, ()) = tokio::join!(ask(place, 200), answering);
    assert_eq!(addr, Err("by TCP: no answer in time".to_owned()));
}

#[tokio::test]
async fn a_forged_id_or_an_oversized_answer_does_not_keep_the_true_one_from_being_heard() {
    let (udp, _tcp, place) = server().await;
    let answering = async {
        let (question, client) = hear(&udp).await;
        let forged = answer(&question, |it| it.metadata.id ^= 1);
        let mut oversized = answer(&question, |_| {});
        oversized.resize(MAX_UDP_BYTES + 1, 0);
        for answer in [forged, oversized, answer(&question, |_| {})] {
            udp.send_to(&answer, client).await.unwrap();
        }
    };
    let (addr, ()) = tokio::join!(ask(place, 10_000), answering);
    assert_eq!(addr, Ok(OURS.into()));
}

#[tokio::test]
async fn a_forged_id_alone_is_no_answer_before_the_deadline() {
    let (udp, _tcp, place) = server().await;
    let answering = async {
        let (question, client) = hear(&udp).await;
        let forged = answer(&question, |it| it.metadata.id ^= 1);
        udp.send_to(&forged, client).await.unwrap();
    };
    let (addr, ()) = tokio::join!(ask(place, 100), answering);
    assert!(addr.unwrap_err().ends_with("its id is another one"));
}
