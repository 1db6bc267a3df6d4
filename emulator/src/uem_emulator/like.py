# Copyright (c) 2026 ivanti.uem contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Positions of switches from a record that `ivanti.uem.server_info` wrote of a real server.

`NOT_RECORDED` has the switches that are in no record, by the reason. The others are in it where
the server showed them. `emulator/README.md` repeats the reasons, and a test compares the others
with what the module checks.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from uem_emulator.state import StateError, read_json
from uem_emulator.switches import SWITCHES

FORMAT = "ivanti.uem shapes"
VERSION = 1
#: A longer file is not a record: 25 requests take less than a tenth.
MOST_BYTES = 4 << 20

# fmt: off
NOT_RECORDED: dict[str, tuple[str, ...]] = {
    "a test aid, or the emulator's own": (
        "strict", "delay_ms", "unknown_path_body", "config_outcome", "config_several", "list_lag_reads", "list_lag_ms",
        "action_settle_reads", "action_settle_ms", "reference_lists", "analytics_archive", "analytics_bomb_mib",
        "policy_delivery_reads", "policy_delivery_ms",
        "compliance_actions",
    ),
    "only a write shows it": (
        "v2_actions_absent", "v2_action_partial", "v2_action_results", "label_criteria_key", "label_refusal", "label_write_answer",
        "label_delete_members", "undefined_attribute",
        "unsuffixed_numeric", "numeric_delete", "force_overwrite_default", "append_duplicates",
        "bare_value", "delete_one", "bulk_delete_result", "action_json_body", "action_ids_missing", "action_unknown_device",
        "action_impossible_device", "action_max_devices", "os_update_result", "delete_states", "kiosk_unconfigured",
        "footnote_long", "relinquish_state", "message_none_valid", "message_other_space", "message_email_keys",
        "message_nothing_to_send", "config_pending", "config_excluded", "config_unknown", "config_reinstall_excluded",
        "sync_vendor_unknown", "sync_result", "owner_answer", "owner_rejected_rows", "owner_outcome", "owner_unknown_account",
        "label_add_answer", "label_comma", "unknown_label_write", "filtered_label_write", "unknown_device_write",
        "foreign_label_write", "global_label_write", "partial_label_write",
        "list_lag", "v1_invalid_action", "v1_impossible_action",
        "v1_reason_missing", "v1_reason_long", "v1_mac_twice", "wipe_message", "unlock_value", "roaming_not_ios",
        "bulk_max_devices", "bulk_none_valid", "bulk_invalid_devices", "bulk_impossible_device", "message_sent_failed",
        "message_sent", "message_subject", "action_settle", "eas_unknown_device", "eas_reinstate_wiped",
        "eas_repeated_action", "eas_wipe_unsupported", "eas_block_reason", "repush_answer", "repush_without_id",
        "repush_unknown", "register_uuid", "register_messages", "register_failure", "register_passcode",
        "register_passcode_type", "register_local_names", "register_phone", "register_unknown_operator",
        "register_unknown_country", "alert_vanished", "policy_label_repeated", "policy_label_unknown", "policy_delivery",
    ),
    "it takes the address of an action, where a slip would act": ("viability_codes", "viability_unasked"),
    "it takes passwords of users, whom wrong ones may lock out": (
        "password_saved", "password_failure", "password_unknown_user", "password_ldap_user", "password_same",
        "proof_disabled_user", "proof_lock_after",
    ),
    "it takes accounts with other roles or device spaces": (
        "account_space", "neurons_spaces", "foreign_space", "v1_spaces", "device_readers", "v2_api_role",
    ),
    "it takes many or very long requests, a burden on a server": (
        "max_url_bytes", "max_body_bytes", "request_timeout_ms",
    ),
    "the answer has no pages, and names everybody": (
        "eas_empty_groups", "eas_nothing", "eas_unregistered_uuid", "alert_id", "alert_user_field", "csv_devices", "csv_order",
        "csv_format", "csv_empty", "csv_name", "analytics_header", "analytics_time", "analytics_bytes", "analytics_device",
        "analytics_folders", "analytics_zip_times",
    ),
    "it shows in XML only, which the collection does not read": ("eas_root",),
    "it takes one more request, and the collection depends on it less than on the others": (
        "config_list_spaces", "certificates_wrong_account", "certificates_rows", "dep_server_unknown", "v2_path_case",
        "v2_unknown_label", "undocumented_details", "users_limit_max", "v1_lookups", "v1_label_case", "v1_rule_values",
        "eas_details", "eas_recovery_password", "user_case", "ldap_search", "ldap_search_limit", "unknown_setting_type",
        "device_policies", "priority_order",
    ),
}
# fmt: on
RECORDED = frozenset(switch.name for switch in SWITCHES) - {
    name for names in NOT_RECORDED.values() for name in names
}
_BY_NAME = {switch.name: switch for switch in SWITCHES if switch.name in RECORDED}


def read_record(path: str, product: str) -> dict[str, str | int]:
    """Return the positions of a record.

    Args:
        path: The path of the record.
        product: The product that is emulated.

    Raises:
        StateError: It is not a record, not a whole one, or one of another version or product.
    """
    try:
        with Path(path).open("rb") as file:
            text = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise StateError(f"cannot be read: {error.strerror}") from error
    record = read_json(text, "record")
    _check(record, product)
    return {name: _position(name, value) for name, value in record["behaviours"].items()}


def _check(record: Any, product: str) -> None:
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise StateError("is not a record of ivanti.uem.server_info")
    version = record.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version != VERSION:
        raise StateError(
            f"is a record of version {version!r}, and this emulator reads {VERSION}: "
            "record the server again with the collection of the same version"
        )
    content = {name: value for name, value in record.items() if name != "digest"}
    exact = json.dumps(content, sort_keys=True, separators=(",", ":"))
    if record.get("digest") != hashlib.sha256(exact.encode()).hexdigest():
        raise StateError("was edited, or a part is missing: record the server again")
    if record.get("product") != product:
        raise StateError(
            f"is a record of {record.get('product')!r}, and this emulator is {product}: give "
            "--product"
        )
    if not isinstance(record.get("behaviours"), dict):
        raise StateError("has no behaviours: record the server again")
    requests = record.get("requests")
    if not isinstance(requests, list) or not requests:
        raise StateError("has no requests that showed its behaviours: record the server again")


def _position(name: str, value: Any) -> str | int:
    if name not in _BY_NAME:
        raise StateError(
            f"has {name!r}, which this emulator has no switch for: record the server again with the "
            "collection of the same version"
        )
    try:
        return _BY_NAME[name].parse(value)
    except (TypeError, ValueError) as error:
        raise StateError(f"has a wrong position ({error}): record the server again") from error


def said(path: str, taken: dict[str, str | int], left: dict[str, str | int]) -> str:
    """Return the line about what was taken.

    Args:
        path: The path of the record.
        taken: The positions in it.
        left: Those of `taken` that the command line sets in another way.
    """
    positions = ", ".join(f"{name}={value}" for name, value in sorted(taken.items()))
    others = len(SWITCHES) - len(taken)
    over = f" --set decides {', '.join(sorted(left))}." if left else ""
    return (
        f"like {path}: {len(taken)} switches are as on that server: {positions or 'none'}.{over} "
        f"The other {others} are not in it, and stay as they were."
    )
