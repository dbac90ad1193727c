"""The application service: a jurisdiction, a store of events, the commands and the questions."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import attrs

from gridgov.authority import Actor
from gridgov.bulletin import bulletin
from gridgov.documents import Document
from gridgov.errors import CommandMismatchError, NotInForceError, RefusedError, StaleVersionError, StoreError
from gridgov.escalation import PlannedStep, Route
from gridgov.events import Draft, Envelope, Head
from gridgov.facts import FactRow
from gridgov.handling import (
    Available,
    Coming,
    Command,
    Rules,
    WhoNow,
    available,
    coming,
    commands,
    decide,
    fall_next,
    is_accused,
    plan,
    settle,
    who_now,
)
from gridgov.history import CODEC, History
from gridgov.matters import Decided, Matter, apply
from gridgov.packs import Jurisdiction
from gridgov.platform.assessing import MatterAssessment, matter_assessment
from gridgov.platform.deadlines import Deadlines
from gridgov.stores import MemoryStore, Store, Write
from gridgov.values import Month, Reason, aware

__all__ = ["Platform"]

_TRIES = 5
_CLOCK = "clock"
_WHOLE = 100


def _giver(kind: type[Command]) -> Callable[..., Matter]:
    """Return the method that gives one command."""

    def give(
        self: "Platform",
        matter: str,
        *,
        actor: Actor,
        at: datetime | None = None,
        id: str = "",  # noqa: A002 - the word
        **fields: Any,
    ) -> Matter:
        command = _command(kind, matter, actor, self.instant(at), id, fields)
        return self._give(command, command.digest if at is not None else command.untimed_digest)

    give.__name__ = kind.NAME
    fields = f"`gridgov.handling.commands.{kind.__name__}`"
    give.__doc__ = f"{kind.__doc__}\n\n    See {fields} for the fields, `Platform.give` for the rest.\n"
    return give


def _command(
    kind: type[Command], matter: str, actor: Actor, at: datetime, name: str, fields: Mapping[str, Any]
) -> Command:
    """Return the command; without an id it is called by what it says, so that a retry is the same command."""
    made = kind(id=name or "unnamed", matter=matter, actor=actor, at=at, **fields)
    return made if name else attrs.evolve(made, id=f"{kind.NAME}.{made.digest[:32]}")


class Platform:
    """县级平台: live matters of one jurisdiction, over a store of events.

    What was decided is in the store, and nowhere else: matters and deadlines are rebuilt from it, here and in any other
    process that has the same store. A matter stays under the edition of the rules it was opened under.

    Args:
        jurisdiction: Whose rules hold for new matters.
        store: The log; a new one in memory by default.
        earlier: Jurisdictions of earlier editions, under which matters of the log were opened.
        clock: Says what time it is, aware, for those who give no instant; without one every instant must be given.

    Raises:
        NotInForceError: The pack has no ladder (``no_ladder``), or a matter of the log is under an edition that is not
            given (``unknown_edition``).
    """

    def __init__(
        self,
        jurisdiction: Jurisdiction,
        store: Store | None = None,
        *,
        earlier: Iterable[Jurisdiction] = (),
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.jurisdiction = jurisdiction
        self.store: Store = MemoryStore() if store is None else store
        self._rules = {each.edition: each.rules() for each in (*earlier, jurisdiction)}
        self._matters: dict[str, Matter] = {}
        self._deadlines = Deadlines()
        self._seen = 0
        self._last: datetime | None = None
        self._clock = clock
        self._lock = threading.RLock()
        self._catch_up()
        for matter in self._matters.values():
            self._rules_of(matter)

    # --- commands -------------------------------------------------------------------------------------------

    report = _giver(commands.Report)
    answer = _giver(commands.Answer)
    redirect = _giver(commands.Redirect)
    open_topic = _giver(commands.OpenTopic)
    judge = _giver(commands.Judge)
    pass_up = _giver(commands.PassUp)
    send_down = _giver(commands.SendDown)
    whistle = _giver(commands.Whistle)
    direct_line = _giver(commands.TakeDirect)
    approve_call = _giver(commands.ApproveCall)
    call = _giver(commands.Call)
    dispatch = _giver(commands.Dispatch)
    relieve = _giver(commands.Relieve)
    send_back = _giver(commands.SendBack)
    supply = _giver(commands.Supply)
    sign_in = _giver(commands.SignIn)
    contact = _giver(commands.Contact)
    arrive = _giver(commands.Arrive)
    report_back = _giver(commands.ReportBack)
    meet = _giver(commands.Meet)
    decline_meeting = _giver(commands.DeclineMeeting)
    ask_return = _giver(commands.AskReturn)
    return_ = ask_return
    grant_return = _giver(commands.GrantReturn)
    refuse_return = _giver(commands.RefuseReturn)
    dispute = _giver(commands.Dispute)
    rule = _giver(commands.Rule)
    ask_extension = _giver(commands.AskExtension)
    grant_extension = _giver(commands.GrantExtension)
    refuse_extension = _giver(commands.RefuseExtension)
    suspend = _giver(commands.Suspend)
    resume = _giver(commands.Resume)
    tell_term = _giver(commands.TellTerm)
    complete = _giver(commands.Complete)
    review = _giver(commands.Review)
    call_back = _giver(commands.CallBack)
    feedback = _giver(commands.Feedback)
    ask_reopen = _giver(commands.AskReopen)
    reopen = _giver(commands.Reopen)
    refuse_reopen = _giver(commands.RefuseReopen)
    propose_explained = _giver(commands.ProposeExplained)
    confirm_explained = _giver(commands.ConfirmExplained)
    refuse_explained = _giver(commands.RefuseExplained)
    transfer = _giver(commands.Transfer)
    merge = _giver(commands.Merge)
    split = _giver(commands.SplitMatter)
    withdraw = _giver(commands.Withdraw)
    remind = _giver(commands.Remind)
    supervise = _giver(commands.Supervise)
    lift_supervision = _giver(commands.LiftSupervision)
    give_reason = _giver(commands.GiveReason)
    reclassify = _giver(commands.Reclassify)
    admit = _giver(commands.Admit)
    rebase = _giver(commands.Rebase)
    assess = _giver(commands.Assess)
    amend_assessment = _giver(commands.AmendAssessment)

    def give(self, command: Command) -> Matter:
        """Decide a command, keep what it leads to, and return the matter as it then stands.

        What fell due before the command happens first. The same command given again changes nothing and returns the
        matter as it stood after the first time. A refused command changes nothing, and leaves its id free.

        Raises:
            RefusedError, NotAuthorisedError, ConflictOfInterestError: It may not be given now; every unmet condition is
                a fault.
            StaleVersionError: The matter has another version than the command expects.
            CommandMismatchError: Its id was used for another command.
            NotInForceError, AmbiguousRuleError: The rules do not answer.
        """
        return self._give(command, command.digest)

    def _give(self, command: Command, asked: str) -> Matter:
        """Give a command that says what *asked* is the digest of."""
        with self._lock:
            for left in reversed(range(_TRIES)):
                self._catch_up()
                before = self._given_before(command, asked)
                if before is not None:
                    return before
                try:
                    return self._decide(command, asked)
                except (CommandMismatchError, StaleVersionError) as error:
                    stale = isinstance(error, StaleVersionError)
                    if not left or (stale and command.expected_version is not None):
                        raise
        raise AssertionError  # pragma: no cover - the last try returns or raises

    def instant(self, at: datetime | None = None) -> datetime:
        """Return an instant in UTC; where none is given, what the platform's clock says.

        Raises:
            RefusedError: None is given, and the platform has no clock (``no_instant``).
            LimitError: It has no zone (``naive_time``).
        """
        if at is None and self._clock is None:
            hint = "give 'at', or make the platform with a clock"
            raise RefusedError.of("no_instant", "no instant is given, and the platform has no clock", hint=hint)
        return aware(self._clock() if at is None and self._clock is not None else at)  # type: ignore[arg-type]

    def tick(self, at: datetime | None = None) -> tuple[Decided, ...]:
        """Let time pass until an instant, and return what fell due, in order of time.

        It may be given as often as one likes, by any number of workers: each thing happens once, dated when it fell
        due. Nothing that waits for a later instant is looked at.
        """
        at = self.instant(at)
        happened: list[Decided] = []
        with self._lock:
            self._catch_up()
            while (name := self._deadlines.first(at)) is not None:
                matter = self._matters[name]
                fallen = fall_next(self._rules_of(matter), matter, at)
                if fallen is None:  # pragma: no cover - the index names only what has come
                    break
                try:
                    self._keep_fallen(matter, matter.version, fallen[1], at)
                except StaleVersionError:
                    self._catch_up()
                else:
                    happened += fallen[1]
        return tuple(happened)

    # --- questions ------------------------------------------------------------------------------------------

    def matter(self, matter: str, at: datetime | None = None) -> Matter:
        """Return a matter; with an instant, as it stood or will stand then, whatever was ticked or happened later.

        Raises:
            RefusedError: There is none (``unknown_matter``), or it was not yet reported then (``not_reported``).
        """
        with self._lock:
            self._catch_up()
            found = self._matters.get(matter)
        if found is None:
            raise RefusedError.of("unknown_matter", f"there is no matter {matter!r}", hint="mend the id")
        return found if at is None else self._as_of(found, aware(at))

    def _as_of(self, matter: Matter, at: datetime) -> Matter:
        """Return a matter at an instant: from what had happened by then, and what fell due by then."""
        if at < matter.reported_at:
            message = f"matter {matter.id!r} was not reported by {at}"
            raise RefusedError.of("not_reported", message, hint="ask of a later instant")
        live = matter.live
        if live is None:
            return matter
        then = _until(self.store.stream(matter.id), at) if at <= live.last_at else matter
        return settle(self._rules_of(then), then, at)[0]

    def as_known(self, matter: str, at: datetime) -> Matter:
        """Return a matter as it was known at an instant: from what had been recorded by then, late news left out.

        An event is recorded with the instant of its command, or that of the last event of the log where that is later.

        Raises:
            RefusedError: Nothing was known of it (``unknown_matter``).
        """
        at = aware(at)
        known = _fold(envelope for envelope in self.store.stream(matter) if envelope.recorded_at <= at)
        return settle(self._rules_of(known), known, at)[0]

    def view(self, matter: str, unit: str, at: datetime | None = None) -> Matter:
        """Return a matter as a unit may see it: whom the matter is about learns nothing of who reported.

        Source: 济南市12345市民服务热线条例 32.
        """
        at = self.instant(at)
        found = self.matter(matter, at)
        live = found.live
        organization = self.jurisdiction.organization
        structure = organization.at(self.jurisdiction.day(at))
        if live is None or not is_accused(live, unit, structure, organization):
            return found
        return attrs.evolve(found, channel="", live=attrs.evolve(live, reporters=()))

    def matters(self) -> Iterator[Matter]:
        """Return every matter, in order of report."""
        with self._lock:
            self._catch_up()
            return iter(list(self._matters.values()))

    def route(self, *, item: str, place: str, at: datetime, **asked: Any) -> Route:
        """Return who would hold a matter; see `Jurisdiction.route`."""
        return self.jurisdiction.route(item=item, place=place, at=at, **asked)

    def who_now(self, matter: str, at: datetime | None = None) -> WhoNow:
        """Return who must act on a matter, by when, and what the resident was promised."""
        at = self.instant(at)
        found = self.matter(matter, at)
        return who_now(self._rules_of(found), found, at)

    def plan(self, matter: str, at: datetime | None = None) -> tuple[PlannedStep, ...]:
        """Return the steps that come if nobody acts."""
        at = self.instant(at)
        found = self.matter(matter, at)
        return plan(self._rules_of(found), found, at)

    def available(self, matter: str, actor: Actor, at: datetime | None = None) -> tuple[Available, ...]:
        """Return what somebody may do with a matter now, and what is missing for the rest."""
        at = self.instant(at)
        found = self.matter(matter, at)
        return available(self._rules_of(found), found, actor, at)

    def due(self, until: datetime) -> tuple[tuple[str, Coming], ...]:
        """Return what falls due on each matter until an instant, if nobody acts; earliest first."""
        until = aware(until)
        with self._lock:
            self._catch_up()
            names = [name for _, name in self._deadlines.until(until)]
        found = [(name, each) for name in names for each in self._coming(name, until)]
        return tuple(sorted(found, key=lambda pair: (pair[1].at, pair[0])))

    def _coming(self, name: str, until: datetime) -> tuple[Coming, ...]:
        matter = self._matters[name]
        return coming(self._rules_of(matter), matter, until)

    def history(self, matter: str) -> tuple[Decided, ...]:
        """Return what happened to a matter, in order."""
        self.matter(matter)
        return tuple(CODEC.decode(envelope) for envelope in self.store.stream(matter))

    def explain(self, matter: str, at: datetime | None = None) -> Reason:
        """Return a matter's whole story up to an instant, with clauses, counted days and its part in the rates."""
        at = self._known_until(at)
        found = self.matter(matter, at)
        events = self.history(matter)[: found.version]
        return self._history({matter: found}, at).tell(found, events)

    def facts(self, at: datetime | None = None) -> list[FactRow]:
        """Return the fact rows of every matter, as known at an instant."""
        return self.as_history(at).facts()

    def assessment(self, matter: str, at: datetime | None = None) -> MatterAssessment:
        """Return what the caller's assessment of a matter (一事一考) comes to, as known at an instant.

        Raises:
            RefusedError: There is no such matter (``unknown_matter``).
            NotInForceError: The pack does not say how one matter is marked (``no_scheme``).
        """
        at = self._known_until(at)
        found = self.matter(matter, at)
        return matter_assessment(self.jurisdiction, found, self._history({matter: found}, at).facts(), at)

    def bulletin(self, month: Month | None, at: datetime | None = None, language: str = "") -> Document:
        """Return the bulletin of a month, as known at an instant; by default now, or where the log ends."""
        history = self.as_history(at)
        return bulletin(history, history.rank(month), month, language)

    def as_history(self, at: datetime | None = None) -> History:
        """Return all matters as scoring reads them, as known at an instant; by default now, or where the log ends."""
        with self._lock:
            self._catch_up()
            at = self._known_until(at)
            matters = {name: self._as_of(m, at) for name, m in self._matters.items() if m.reported_at <= at}
        return self._history(matters, at)

    def _known_until(self, at: datetime | None) -> datetime:
        if at is None and self._clock is None and self._last is not None:
            return self._last
        return self.instant(at)

    def _history(self, matters: Mapping[str, Matter], at: datetime) -> History:
        return History(
            jurisdiction=self.jurisdiction,
            source="platform",
            as_of=at,
            rows=self._seen,
            later=0,
            matters=matters,
            rejected=(),
            store=self.store,
            meetings=True,
        )

    def head(self) -> Head:
        """Return where the log ends."""
        return self.store.head()

    # --- keeping --------------------------------------------------------------------------------------------

    def _rules_of(self, matter: Matter | None) -> Rules:
        """Return the rules a matter is pinned to; the present ones for one that is not there yet."""
        live = None if matter is None else matter.live
        edition = self.jurisdiction.edition if live is None else live.edition
        found = self._rules.get(edition)
        if found is None:
            message = f"a matter is under rule edition {edition[:12]}, which is not given"
            raise NotInForceError.of("unknown_edition", message, hint="give the earlier jurisdiction, as 'earlier'")
        return found

    def _given_before(self, command: Command, asked: str) -> Matter | None:
        """Return the matter as it stood after the same command; None when the id is free."""
        kept = self.store.command(command.id)
        if not kept:
            return None
        first = CODEC.decode(kept[0])
        if getattr(first, "asked", "") != asked:
            message = f"command {command.id!r} was used for another command"
            raise CommandMismatchError.of("command_mismatch", message, hint="send a new command under an id of its own")
        last = max(envelope.version for envelope in kept if envelope.stream == command.matter)
        return _fold(self.store.stream(command.matter)[:last])

    def _decide(self, command: Command, asked: str) -> Matter:
        matter = self._matters.get(command.matter)
        rules = self._rules_of(None if isinstance(command, commands.Rebase) else matter)
        self._check_version(command, matter)
        others = {name: self._matters.get(name) for name in _named(command, matter)}
        decision = decide(rules, matter, command, others=others, asked=asked, editions=self._rules)
        known = {name: self._matters[name] for name in decision.settled}
        versions = {name: self._version(name) for name in decision.events}
        for name, events in decision.settled.items():
            self._keep_settled(known[name], events, command.at)
            versions[name] = known[name].version + len(events)
        writes = [_write(name, versions[name], events) for name, events in decision.events.items()]
        self._append(writes, command.id, command.actor.key, rules.edition, command.at)
        return self._matters[command.matter]

    def _version(self, name: str) -> int:
        known = self._matters.get(name)
        return 0 if known is None else known.version

    def _check_version(self, command: Command, matter: Matter | None) -> None:
        """Refuse a command that expects another version than the matter has once it is settled, whatever it asks."""
        expected = command.expected_version
        if expected is None:
            return
        settled = None if matter is None else settle(self._rules_of(matter), matter, command.at)[0]
        present = 0 if settled is None else settled.version
        if expected != present:
            message = f"matter {command.matter!r} has version {present}, not {expected} as expected"
            raise StaleVersionError.of("stale_version", message, hint="read the matter again and decide anew")

    def _keep_settled(self, matter: Matter, events: tuple[Decided, ...], at: datetime) -> None:
        """Keep what fell due, each thing under an id of its own, as a tick would have.

        Each goes where it was decided: what another process has kept by then makes it stale.
        """
        groups: list[list[Decided]] = []
        for event in events:
            if event.TYPE == "fell_due":
                groups.append([])
            groups[-1].append(event)
        version = matter.version
        for group in groups:
            self._keep_fallen(matter, version, tuple(group), at)
            version += len(group)

    def _keep_fallen(self, matter: Matter, version: int, events: tuple[Decided, ...], at: datetime) -> None:
        rules = self._rules_of(matter)
        name = f"due/{matter.id}/{version + 1}"
        self._append([_write(matter.id, version, events)], name, _CLOCK, rules.edition, at)

    def _append(self, writes: list[Write], command: str, actor: str, edition: str, at: datetime) -> None:
        self.store.append(writes, command_id=command, actor=actor, edition=edition, recorded_at=at)
        self._catch_up()

    def _catch_up(self) -> None:
        """Fold what was kept since the last look, here or elsewhere."""
        touched: dict[str, Matter] = {}
        for envelope in self.store.feed(self._seen):
            after = _applied(self._matters.get(envelope.stream), envelope)
            touched[after.id] = self._matters[after.id] = after
            self._seen, self._last = envelope.sequence, envelope.recorded_at
        for matter in touched.values():
            self._deadlines.note(matter)


def _write(name: str, version: int, events: Iterable[Decided]) -> Write:
    """Return what is kept, once it has proved to read back as it is: a log that cannot be read is lost."""
    drafts = []
    for event in events:
        draft = CODEC.encode(event)
        if not _reads_back(event, draft):
            raise StoreError.of("bad_event", f"a {event.TYPE} would not read back as it is")
        drafts.append(draft)
    return Write(name, version, tuple(drafts))


def _reads_back(event: Decided, draft: Draft) -> bool:
    try:
        return type(event).from_data(draft.data) == event
    except (LookupError, TypeError, ValueError):
        return False


def _applied(matter: Matter | None, envelope: Envelope) -> Matter:
    return apply(matter, CODEC.decode(envelope))


def _fold(envelopes: Iterable[Envelope]) -> Matter:
    matter: Matter | None = None
    for envelope in envelopes:
        matter = _applied(matter, envelope)
    if matter is None:
        raise RefusedError.of("unknown_matter", "nothing is known of such a matter", hint="mend the id, or the instant")
    return matter


def _until(envelopes: Iterable[Envelope], at: datetime) -> Matter:
    """Fold what had happened by an instant; what falls due at that very instant has not yet."""
    told = []
    for envelope in envelopes:
        due = envelope.happened_at == at and envelope.type == "fell_due" and envelope.data["percent"] >= _WHOLE
        if due or envelope.happened_at > at:
            break
        told.append(envelope)
    return _fold(told)


def _named(command: Command, matter: Matter | None) -> tuple[str, ...]:
    """Return the other matters that a command may change: those it names, and the whole of which this is a part."""
    named: tuple[str, ...] = ()
    if isinstance(command, commands.Merge):
        named = (command.into,)
    elif isinstance(command, commands.OpenTopic):
        named = command.matters
    elif isinstance(command, commands.SplitMatter):
        named = tuple(part.matter for part in command.parts)
    parent = matter.live.parent if matter is not None and matter.live is not None else ""
    return (*named, parent) if parent else named
