//! What an account's provider may expect: to be left alone when it says so (L4), to be asked less and
//! less while it is in trouble (L8), and to be read before anything in doubt is written (L6, L7).

use std::collections::BTreeMap;

use super::answer::AnswerMeaning;
use crate::{
    deed::{ObservedRequest, RequestKind},
    log::Elapsed,
    place::Name,
    setup::is_within,
    time::{HOUR, MINUTE, SECOND},
};

/// The account is to be left alone.
struct Embargo {
    until: i64,
    law: &'static str,
    /// The number of the answer that asks for it.
    answer: u64,
}

/// A name of whose last write it is not known what became.
struct UnconfirmedWrite {
    /// It was written down before the write left: it survives the process.
    is_recorded: bool,
}

#[derive(Default)]
pub(crate) struct AccountMonitor {
    /// Each of these binds, however many there are.
    pauses: Vec<Embargo>,
    /// The answers that refused the credentials, one after another: for reading, and for writing. Only
    /// what shows that they are good for the same makes an end of the row.
    refusals: [Vec<u64>; 2],
    doubts: BTreeMap<Name, UnconfirmedWrite>,
    /// Zones that were asked for in this round, and whether they were told.
    listed: BTreeMap<String, bool>,
    /// Something was written in this round, or was to be.
    writes: bool,
    /// Rounds in a row in which nothing could be read, each begun because it was time.
    streak: u32,
    failed: Option<(u64, i64)>,
    /// Something has happened that is worth a round before its time; and that is why this one is played.
    is_disturbed: bool,
    is_early: bool,
    /// Until when the laws let what it answered keep a name from being right: refusals, which another
    /// configuration lifts, and the rest.
    refused: i64,
    lenient: i64,
}

impl AccountMonitor {
    /// A round begins; while an earlier one is under way, that one's lists still count.
    pub(crate) fn round_begins(&mut self, is_early: bool, now: i64, is_overlapping: bool) {
        self.pauses.retain(|it| now < it.until);
        self.is_early = std::mem::take(&mut self.is_disturbed) || is_early;
        if is_overlapping {
            return;
        }
        // What was refused is not wanted any more: it was looked, and nothing was left to write.
        if !self.writes && !self.listed.is_empty() && self.listed.values().all(|is_told| *is_told) {
            self.refusals[1].clear();
        }
        self.writes = false;
        self.listed.clear();
    }

    /// Something has happened that is worth a round before its time.
    pub(crate) fn disturb(&mut self) {
        self.is_disturbed = true;
    }

    /// A request leaves in this round.
    pub(crate) fn leaves(
        &mut self,
        deed: &ObservedRequest,
        now: i64,
        round: u64,
        is_recorded: bool,
    ) {
        for Embargo { until, law, .. } in &self.pauses {
            assert!(
                now >= *until,
                "{law}: the account is to be left alone until {}: {deed:?}",
                Elapsed(*until)
            );
        }
        if let Some((failed, at)) = self.failed
            && failed != round
            && !self.is_early
        {
            let doublings = self.streak.saturating_sub(1).min(20);
            let least = ((5 * SECOND) << doublings).min(15 * MINUTE);
            let gap = now - at;
            assert!(
                gap >= least,
                "L8: asked again after {gap} ms, {} failures in a row: {deed:?}",
                self.streak
            );
        }
        if !deed.writes() {
            return;
        }
        self.writes = true;
        for name in &deed.names {
            assert!(
                !self.doubts.contains_key(name),
                "L6: what became of the last write of {name:?} is not known, and it was not read: {deed:?}"
            );
            self.doubts
                .insert(name.clone(), UnconfirmedWrite { is_recorded });
        }
        let is_told = deed.zone.as_ref().and_then(|it| self.listed.get(it)) == Some(&true);
        assert!(
            is_told || deed.verb != RequestKind::Create,
            "L7: a record is made without knowing which there are: {deed:?}"
        );
    }

    /// Its answer, or what becomes of waiting for it.
    pub(crate) fn hears(
        &mut self,
        deed: &ObservedRequest,
        verdict: AnswerMeaning,
        now: i64,
        round: u64,
        answer: u64,
    ) {
        if deed.verb == RequestKind::List
            && let Some(zone) = &deed.zone
        {
            self.listed
                .insert(zone.clone(), verdict == AnswerMeaning::Good);
            if verdict == AnswerMeaning::Good {
                self.doubts.retain(|(name, _), _| !is_within(name, zone));
            }
        }
        // Several names in one push: which of them is refused is found out by asking for fewer.
        if verdict == AnswerMeaning::Good
            || (verdict, deed.verb) == (AnswerMeaning::NotThis, RequestKind::Push)
        {
            self.doubts.retain(|name, _| !deed.names.contains(name));
        }
        match verdict {
            AnswerMeaning::Refused => {
                let row = &mut self.refusals[usize::from(deed.writes())];
                let step = row.len().min(2);
                row.push(answer);
                self.pause(now + ((6 * HOUR) << step), "L4", answer);
            }
            AnswerMeaning::Wait(wait) => self.pause(now + wait.unwrap_or(HOUR), "L8", answer),
            // Whoever may write may read; the other way round nothing is known. Before anybody is told what
            // is wrong with a request, it is seen whose it is.
            AnswerMeaning::Good | AnswerMeaning::NotThis if deed.writes() => {
                self.refusals = Default::default();
            }
            AnswerMeaning::Good | AnswerMeaning::NotThis => self.refusals[0].clear(),
            AnswerMeaning::Unknown | AnswerMeaning::Unsent => {}
        }
        let reads = !deed.writes();
        if reads && matches!(verdict, AnswerMeaning::Unknown | AnswerMeaning::Unsent) {
            if self.failed.is_none_or(|(failed, _)| failed != round) {
                self.streak = if self.is_early { 1 } else { self.streak + 1 };
            }
            self.failed = Some((round, now));
        } else {
            self.streak = 0;
            self.failed = None;
        }
        let with_jitter = |length: i64| now + length + length / 4;
        let lenient = match verdict {
            AnswerMeaning::Good => 0,
            AnswerMeaning::Refused => with_jitter(24 * HOUR),
            AnswerMeaning::Wait(Some(wait)) => with_jitter(wait),
            AnswerMeaning::Wait(None) | AnswerMeaning::NotThis => with_jitter(6 * HOUR),
            // What became of a write is read back, and put right, within three minutes.
            AnswerMeaning::Unknown if deed.writes() => now,
            AnswerMeaning::Unknown | AnswerMeaning::Unsent => with_jitter(15 * MINUTE),
        };
        if matches!(verdict, AnswerMeaning::Refused | AnswerMeaning::NotThis) {
            self.refused = self.refused.max(lenient);
        } else {
            self.put_off(lenient);
        }
    }

    fn pause(&mut self, until: i64, law: &'static str, answer: u64) {
        self.pauses.push(Embargo { until, law, answer });
    }

    /// Until when the laws let what it answered keep a name from being right.
    pub(crate) fn lenient(&self) -> i64 {
        self.lenient.max(self.refused)
    }

    /// Something else keeps names from being right until then.
    pub(crate) fn put_off(&mut self, until: i64) {
        self.lenient = self.lenient.max(until);
    }

    /// The account's credentials or hosts are other ones now.
    pub(crate) fn is_another(&mut self) {
        // Who asked us to wait still does.
        self.pauses.retain(|it| it.law != "L4");
        self.refusals = Default::default();
        self.failed = None;
        self.is_disturbed = true;
        self.refused = 0;
    }

    /// What is written down is a hint at the most: these names are read before they are written.
    pub(crate) fn cannot_save(&mut self, names: impl IntoIterator<Item = Name>) {
        let doubt = |name| (name, UnconfirmedWrite { is_recorded: true });
        self.doubts.extend(names.into_iter().map(doubt));
    }

    /// The names in doubt.
    pub(crate) fn doubts(&self) -> impl Iterator<Item = &Name> {
        self.doubts.keys()
    }

    /// The process has died. What it had not written down nobody knows.
    pub(crate) fn dies(&mut self, known: u64) {
        self.pauses.retain(|it| it.answer <= known);
        for row in &mut self.refusals {
            row.retain(|answer| *answer <= known);
        }
        self.doubts.retain(|_, it| it.is_recorded);
        self.failed = None;
        self.streak = 0;
        self.is_disturbed = true;
    }

    /// Whatever was written down is gone.
    pub(crate) fn forgets(&mut self) {
        self.pauses.clear();
        self.refusals = Default::default();
        self.doubts.clear();
        self.is_disturbed = true;
    }
}
