//! What an announcement of a router changes in what was heard of it: it repeats each one ten times
//! over some minutes, and tells of one incident by two protocols.

use std::{collections::BTreeMap, net::Ipv4Addr, time::Duration};

use crate::{
    core::time::BootTime,
    portmapping::{epoch::Epoch, natpmp, pcp},
};

/// Announcements of one incident by both protocols come within a moment.
const SAME_INCIDENT: Duration = Duration::from_secs(3);

/// How many announcements are news within a minute and within an hour, whoever sends them: fewer than the
/// rounds that changes of the network may begin (`core/settle`), so that forged ones leave some of these
/// to the kernel.
const MAX_REMEMBERED: [(usize, Duration); 2] =
    [(25, Duration::from_mins(1)), (90, Duration::from_hours(1))];

/// An announcement, understood.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Announcement {
    /// By NAT-PMP: the router's age in seconds, and its external address if it has one.
    NatPmp(u32, Option<Ipv4Addr>),
    /// By PCP: the router's age.
    Pcp(u32),
}

impl Announcement {
    /// What these bytes announce, if they do.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        if let Ok(message) = natpmp::read(bytes) {
            return Some(Self::NatPmp(message.epoch, message.external.ok()));
        }
        pcp::announced(bytes).ok().map(Self::Pcp)
    }
}

/// What routers have announced, by the router's address.
#[derive(Debug, Default)]
pub(super) struct AnnouncementFilter {
    routers: BTreeMap<Ipv4Addr, RouterHistory>,
    /// When something was news, within the last hour.
    news: Vec<BootTime>,
}

#[derive(Debug, Default)]
struct RouterHistory {
    natpmp: LastSeen<Option<Ipv4Addr>>,
    pcp: LastSeen<()>,
}

/// What was heard of a router by one protocol.
#[derive(Debug)]
struct LastSeen<T> {
    /// Its age and what it said, the last time.
    last: Option<(Epoch, T)>,
    /// When that was news.
    news: Option<BootTime>,
}

impl<T> Default for LastSeen<T> {
    fn default() -> Self {
        Self {
            last: None,
            news: None,
        }
    }
}

impl AnnouncementFilter {
    /// Takes an announcement of a router's in. It is news if it tells of another external address than
    /// the last one or of a router that has begun anew; the first that is heard of a router is news,
    /// since announcements are made for a reason. What comes when there was too much news already is
    /// not heard, so that its repetitions are news once there is room for them.
    pub(super) fn note(
        &mut self,
        router: Ipv4Addr,
        announcement: Announcement,
        now: BootTime,
    ) -> bool {
        let within = |length| move |it: &&BootTime| now.since(**it) < length;
        let is_full = |(most, length)| self.news.iter().filter(within(length)).count() >= most;
        if MAX_REMEMBERED.into_iter().any(is_full) {
            return false;
        }
        let router = self.routers.entry(router).or_default();
        let epoch = |seconds| Epoch {
            seconds,
            heard: now,
        };
        let is_news = match announcement {
            Announcement::NatPmp(age, addr) => router.by_natpmp(epoch(age), addr),
            Announcement::Pcp(age) => router.by_pcp(epoch(age)),
        };
        if is_news {
            let hour = MAX_REMEMBERED[1].1;
            self.news.retain(|it| within(hour)(&it));
            self.news.push(now);
        }
        is_news
    }
}

impl RouterHistory {
    fn by_natpmp(&mut self, epoch: Epoch, addr: Option<Ipv4Addr>) -> bool {
        let before = self.natpmp.last.replace((epoch, addr));
        let same = before.filter(|(_, before)| *before == addr);
        let goes_on = same.is_some_and(|(before, _)| epoch.continues_by_natpmp(before));
        // An address is news whatever else was heard.
        let is_told = same.is_some() && self.pcp.just_told(epoch.heard);
        self.natpmp.is_news(!goes_on && !is_told, epoch.heard)
    }

    fn by_pcp(&mut self, epoch: Epoch) -> bool {
        let before = self.pcp.last.replace((epoch, ()));
        let goes_on = before.is_some_and(|(before, ())| epoch.continues_by_pcp(before));
        let is_told = self.natpmp.just_told(epoch.heard);
        self.pcp.is_news(!goes_on && !is_told, epoch.heard)
    }
}

impl<T> LastSeen<T> {
    fn just_told(&self, now: BootTime) -> bool {
        self.news
            .is_some_and(|told| now.since(told) < SAME_INCIDENT)
    }

    fn is_news(&mut self, it_is: bool, now: BootTime) -> bool {
        if it_is {
            self.news = Some(now);
        }
        it_is
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::schedule::debounce;

    const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 77, 1);
    const A: [u8; 4] = [84, 212, 10, 20];
    const B: [u8; 4] = [84, 212, 10, 21];

    fn by_natpmp(age: u32, addr: [u8; 4]) -> Vec<u8> {
        [&[0, 128, 0, 0][..], &age.to_be_bytes(), &addr].concat()
    }

    fn by_pcp(age: u32) -> Vec<u8> {
        [
            &[2, 128, 0, 0, 0, 0, 0, 0][..],
            &age.to_be_bytes(),
            &[0; 12],
        ]
        .concat()
    }

    /// Which of these, each heard at so many seconds, are news.
    fn news(heard: &[(i64, Vec<u8>)]) -> Vec<i64> {
        let mut announced = AnnouncementFilter::default();
        let mut news = Vec::new();
        for (second, bytes) in heard {
            let announcement = Announcement::read(bytes).unwrap();
            if announced.note(ROUTER, announcement, BootTime::from_millis(second * 1_000)) {
                news.push(*second);
            }
        }
        news
    }

    /// Ten times, at once and then after 1 s, 2 s, 4 s and so on (RFC 6886, section 3.2.1, has a quarter
    /// of that).
    fn ten_times(at: i64, age: u32, message: impl Fn(u32) -> Vec<u8>) -> Vec<(i64, Vec<u8>)> {
        let after = (0..10).map(|turn| (1_u32 << turn) - 1);
        after
            .map(|after| (at + i64::from(after), message(age + after)))
            .collect()
    }

    #[test]
    fn an_announcement_is_news_once() {
        assert_eq!(news(&ten_times(5, 100, |age| by_natpmp(age, A))), [5]);
        assert_eq!(news(&ten_times(5, 0, by_pcp)), [5]);
    }

    #[test]
    fn each_change_of_the_address_is_news() {
        let mut heard = ten_times(0, 0, |age| by_natpmp(age, A));
        heard.extend(ten_times(2_000, 2_000, |age| by_natpmp(age, B)));
        // Right after that, and back.
        heard.push((2_600, by_natpmp(2_600, A)));
        assert_eq!(news(&heard), [0, 2_000, 2_600]);
    }

    #[test]
    fn an_address_that_is_lost_and_comes_back_is_news_both_times() {
        let lost = vec![0, 128, 0, 3, 0, 0, 0, 10];
        let heard = [(0, by_natpmp(0, A)), (10, lost), (11, by_natpmp(11, A))];
        assert_eq!(news(&heard), [0, 10, 11]);
    }

    #[test]
    fn a_router_that_has_begun_anew_is_news_by_either_protocol() {
        for second in [1, 60] {
            let natpmp = [(0, by_natpmp(500, A)), (second, by_natpmp(1, A))];
            assert_eq!(news(&natpmp), [0, second]);
        }
        let pcp = [(0, by_pcp(500)), (60, by_pcp(1)), (61, by_pcp(2))];
        assert_eq!(news(&pcp), [0, 60]);
    }

    #[test]
    fn one_incident_told_by_both_protocols_is_news_once() {
        // What miniupnpd says when its address changes: PCP's age begins anew, NAT-PMP's next time.
        let heard = [
            (0, by_natpmp(500, A)),
            (0, by_pcp(0)),
            (2, by_pcp(2)),
            (60, by_natpmp(60, B)),
            (60, by_pcp(0)),
            (90, by_natpmp(0, B)),
            (91, by_pcp(1)),
            (120, by_pcp(0)),
            (121, by_natpmp(1, B)),
        ];
        assert_eq!(news(&heard), [0, 60, 90, 120]);
        let restart = [(0, by_pcp(0)), (1, by_natpmp(1, A)), (2, by_natpmp(2, A))];
        assert_eq!(news(&restart), [0, 1], "an address is news by itself");
    }

    #[test]
    fn each_router_has_a_history_of_its_own() {
        let mut announced = AnnouncementFilter::default();
        let now = BootTime::from_millis(0);
        for router in [ROUTER, Ipv4Addr::new(192, 168, 7, 1)] {
            let announcement = Announcement::NatPmp(7, Some(A.into()));
            assert!(announced.note(router, announcement, now));
            assert!(!announced.note(router, announcement, now));
        }
    }

    #[test]
    fn what_is_no_announcement_is_none() {
        let whole = by_natpmp(7, A);
        for bytes in [&[][..], &[0; 12], b"M-SEARCH", &[0, 0], &whole[..11]] {
            assert_eq!(Announcement::read(bytes), None, "{bytes:?}");
        }
        let expected = Announcement::NatPmp(7, Some(A.into()));
        assert_eq!(Announcement::read(&whole), Some(expected));
        assert_eq!(Announcement::read(&by_pcp(7)), Some(Announcement::Pcp(7)));
    }

    #[test]
    fn however_many_are_forged_few_of_them_are_news_and_what_is_repeated_later_is() {
        // Ten a second for two hours, each with another address.
        let forged = (0..72_000_u32).map(|it| {
            let [.., third, last] = it.to_be_bytes();
            (
                i64::from(it / 10),
                by_natpmp(it / 10, [84, 212, third, last]),
            )
        });
        let news = news(&forged.collect::<Vec<_>>());
        let within = |from: i64, length| {
            let ahead = news.iter().filter(|it| (from..from + length).contains(*it));
            ahead.count()
        };
        assert!(
            news.iter()
                .all(|it| within(*it, 60) <= 25 && within(*it, 3_600) <= 90)
        );
        assert_eq!((within(0, 60), within(0, 3_600)), (25, 90));
        assert_eq!(within(3_600, 3_600), 90, "there is room again");
        let limits = MAX_REMEMBERED.map(|(most, _)| u32::try_from(most).unwrap());
        assert!(
            limits[0] < debounce::MAX_ROUNDS_PER_MINUTE
                && limits[1] < debounce::MAX_ROUNDS_PER_HOUR
        );
    }

    #[test]
    fn what_came_when_there_was_too_much_news_is_news_when_it_is_repeated() {
        let mut heard: Vec<_> = (0..25_u8)
            .map(|it| (0, by_natpmp(0, [84, 212, 10, it])))
            .collect();
        heard.extend([59, 60, 61].map(|second| (second, by_natpmp(0, B))));
        assert_eq!(news(&heard)[24..], [0, 60]);
    }
}
