//! The names of the calls. One that a site does not have is none there.

use super::calls::{Call, CallAnswer};
use super::state::DnsPodState;

impl DnsPodState {
    /// Makes the call of that name; none if there is no such call.
    pub(super) fn make(&mut self, name: &str, call: &Call<'_>) -> Option<CallAnswer> {
        let (class, action) = name.split_once('.')?;
        match class {
            "Domain" => self.of_domain(action, call),
            "Domainshare" | "Domainalias" | "Domaingroup" => self.beside_domain(name, call),
            "Record" => self.of_record(action, call),
            "Batch" if self.china() => self.of_batch(action, call),
            "User" => Some(match action {
                "Detail" => Ok(self.accounts[call.user].shown()),
                "Log" => Ok(self.user_log(call)),
                _ => return None,
            }),
            _ => None,
        }
    }

    fn of_domain(&mut self, action: &str, call: &Call<'_>) -> Option<CallAnswer> {
        Some(match action {
            "Create" => self.domain_create(call),
            "List" => self.domain_list(call),
            "Remove" => self.domain_remove(call),
            "Status" => self.domain_status(call),
            "Info" => self.domain_info(call),
            "Log" => self.domain_log(call),
            "Searchenginepush" => self.domain_push(call),
            "Transfer" => self.domain_transfer(call),
            "Lock" => self.domain_lock(call),
            "Lockstatus" => self.domain_lock_status(call),
            "Unlock" => self.domain_unlock(call),
            "Changegroup" => self.domain_change_group(call),
            "Ismark" => self.domain_mark(call),
            "Remark" => self.domain_remark(call),
            "Acquire" => self.domain_acquire(call),
            "Acquiresend" => self.domain_acquire_send(call, "email"),
            "Acquirevalidate" => self.domain_acquire_validate(call),
            "Purview" if self.china() => self.domain_purview(call),
            "Acquiresend.New" if self.china() => self.domain_acquire_send(call, "whois_email"),
            _ => return None,
        })
    }

    fn beside_domain(&mut self, name: &str, call: &Call<'_>) -> Option<CallAnswer> {
        Some(match name {
            "Domainshare.Create" => self.share_create(call),
            "Domainshare.List" => self.share_list(call),
            "Domainshare.Modify" => self.share_modify(call),
            "Domainshare.Remove" => self.share_remove(call),
            "Domainalias.List" => self.alias_list(call),
            "Domainalias.Create" => self.alias_create(call),
            "Domainalias.Remove" => self.alias_remove(call),
            "Domaingroup.List" => Ok(self.group_list(call)),
            "Domaingroup.Create" => self.group_create(call),
            "Domaingroup.Modify" => self.group_modify(call),
            "Domaingroup.Remove" => self.group_remove(call),
            _ => return None,
        })
    }

    fn of_record(&mut self, action: &str, call: &Call<'_>) -> Option<CallAnswer> {
        Some(match action {
            "Type" => self.record_type(call),
            "Line" => self.record_line(call),
            "Create" => self.record_create(call),
            "List" => self.record_list(call),
            "Modify" => self.record_modify(call),
            "Remove" => self.record_remove(call),
            "Ddns" => self.record_ddns(call),
            "Remark" => self.record_remark(call),
            "Info" => self.record_info(call),
            "Status" => self.record_status(call),
            _ => return None,
        })
    }

    fn of_batch(&mut self, action: &str, call: &Call<'_>) -> Option<CallAnswer> {
        Some(match action {
            "Domain.Create" => self.batch_domains(call),
            "Record.Create" => self.batch_records(call),
            "Record.Modify" => self.batch_changes(call),
            "Detail" => self.batch_detail(call),
            _ => return None,
        })
    }
}
