"""What a page itself says of the things it names: one referent per linked article and per full personal name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.facts import BlurbFacts, blurb_facts
from pipeline.knowledge import Knowledge
from pipeline.link import persons
from pipeline.link.ids import entity_id
from pipeline.records import Blurb, Mention, Page


@dataclass(slots=True, eq=False)
class Referent:
    """A thing that the page names: where its id, names and dates come from. `linked` is 1 if the page links it."""

    entity_id: str
    name: str
    label: str
    aliases: set[str] = field(default_factory=set)
    description: str = ""
    valid_from: str = ""
    valid_to: str = ""
    linked: int = 0


@dataclass(slots=True)
class Registry:
    """The referents of a page and how they are found again.

    places: where each id stands in `referents`; by_initials: the places of the persons who bear a surname with these
    first two letters; given: the given names of persons by the first of them.
    """

    referents: list[Referent] = field(default_factory=list)
    by_blurb: dict[str, Referent] = field(default_factory=dict)
    by_alias: dict[str, list[Referent]] = field(default_factory=lambda: defaultdict(list))
    by_surname: dict[str, list[Referent]] = field(default_factory=lambda: defaultdict(list))
    by_initials: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    given: dict[str, list[tuple[list[str], Referent]]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, int] = field(default_factory=dict)

    def add(self, referent: Referent) -> Referent:
        """Take a referent in, or give the one that has its id."""
        for known in self.by_alias.get("id:" + referent.entity_id, ()):
            known.aliases |= referent.aliases
            self._index(known)
            return known
        self.places[referent.entity_id] = len(self.referents)
        self.referents.append(referent)
        self.by_alias["id:" + referent.entity_id].append(referent)
        if referent.label == "PERSON" and (words := persons.parts(referent.name)[0]):
            given = [persons.key(g) for g in words]
            self.given[given[0]].append((given, referent))
        self._index(referent)
        return referent

    def also(self, referent: Referent, alias: str) -> None:
        """Note another name of a referent."""
        referent.aliases.add(alias)
        self._note(referent, alias)

    def by_given(self, text: str) -> list[Referent]:
        """Persons whose given names the text repeats (`Hertta`, `Otto Wille`)."""
        words = [persons.key(w) for w in text.split()]
        return [
            r for given, r in self.given.get(words[0] if words else "", ()) if given[: len(words)] == words
        ]

    def _index(self, referent: Referent) -> None:
        for alias in sorted(referent.aliases | {referent.name}):
            self._note(referent, alias)

    def _note(self, referent: Referent, alias: str) -> None:
        entries = self.by_alias[alias_key(alias)]
        if referent not in entries:
            entries.append(referent)
        last = persons.parts(alias)[1] if referent.label == "PERSON" else ()
        if last:
            surname = persons.key(last[-1])
            self.by_initials[surname[:2]].add(self.places[referent.entity_id])
            if surname and referent not in self.by_surname[surname]:
                self.by_surname[surname].append(referent)


# Form in which names are looked up: folded, without a leading article, dashes as spaces.
alias_key = entity_id


def build_registry(page: Page, mentions: Sequence[Mention], knowledge: Knowledge) -> Registry:
    """Referents from the page's blurbs, then from the full personal names of its prose."""
    registry = Registry()
    labels = _anchor_labels(page, mentions)
    named = dict.fromkeys(m.text for m in mentions if m.label == "PERSON")
    full_names = [name for name in named if persons.parts(name)[0]]
    groups: dict[str, list[Blurb]] = defaultdict(list)
    for blurb in page.blurbs:
        groups[_blurb_key(blurb)].append(blurb)
    for group in groups.values():
        label = next((labels[b.blurb_id] for b in group if b.blurb_id in labels), "")
        if not label:
            continue
        referent = registry.add(_from_blurbs(group, label, full_names, knowledge))
        referent.linked = 1
        for blurb in group:
            registry.by_blurb[blurb.blurb_id] = referent
    for name in sorted(full_names, key=lambda n: -len(n.split())):
        _add_person(registry, name)
    return registry


def _blurb_key(blurb: Blurb) -> str:
    """Two links with the same blurb are one entity; a link without one is told apart by its target or anchor."""
    return blurb.blurb[:160] or "target:" + (blurb.target or blurb.anchor)


def _anchor_labels(page: Page, mentions: Sequence[Mention]) -> dict[str, str]:
    """Label of the mention that a link's anchor is (or holds all but an article, a year or a possessive of)."""
    by_start = {m.start: m for m in mentions}
    labels = {}
    for blurb in page.blurbs:
        if blurb.start is None or blurb.end is None:
            continue
        for start in range(blurb.start, blurb.end):
            m = by_start.get(start)
            if m is not None:
                if m.end >= blurb.end - 2 and start - blurb.start <= 14:
                    labels[blurb.blurb_id] = m.label
                break
    return labels


def _from_blurbs(
    group: Sequence[Blurb], label: str, full_names: Sequence[str], knowledge: Knowledge
) -> Referent:
    facts = blurb_facts(group[0].gloss or group[0].blurb, group[0].anchor)
    anchors = sorted({b.anchor for b in group}, key=lambda a: (-len(a.split()), a))
    target = next((b.target for b in group if b.target), "")
    title = _title(anchors, target, facts, label, full_names, knowledge)
    aliases = {*anchors, *facts.aliases, *facts.abbreviations}
    if facts.full_name:
        aliases.add(facts.full_name)
    known = knowledge.entity(entity_id(title))
    return Referent(
        known.entity_id if known else entity_id(title),
        known.name if known else title,
        label,
        {a for a in aliases if a},
        (group[0].gloss or group[0].blurb)[:200],
        facts.born or facts.founded,
        facts.died or facts.ended,
    )


def _title(
    anchors: Sequence[str],
    target: str,
    facts: BlurbFacts,
    label: str,
    full_names: Sequence[str],
    knowledge: Knowledge,
) -> str:
    """The usual title of the linked article: a table's, else the target's, the blurb's own, or the anchor's words."""
    if label == "ORG" and any(a in (*facts.aliases, *facts.abbreviations) and " " not in a for a in anchors):
        return anchors[-1]  # `Philips`, in full `Koninklijke Philips N.V.`
    for name in (*anchors, target, facts.full_name, *facts.aliases):
        hit = known_id(name, label, knowledge) if name else None
        if hit:
            return hit
    if label == "PERSON":
        best = anchors[0]
        if not persons.parts(best)[0]:
            best = next(
                (n for n in full_names if facts.full_name and persons.compatible(n, facts.full_name)), best
            )
        if target and persons.parts(target)[0]:
            best = target
        if best in facts.aliases:
            return best
        return persons.title_of_person(best, facts.full_name)
    if target and alias_key(target) not in {alias_key(a) for a in anchors}:
        return target
    if facts.full_name and anchors[0].startswith(facts.full_name + " "):
        return anchors[0]  # `Sazan Island`, whose blurb opens with `Sazan`
    return facts.full_name if len(facts.full_name) > 3 else anchors[0]


def known_id(name: str, label: str, knowledge: Knowledge) -> str | None:
    """The id that the tables give a name of this label, where they give just one."""
    readings = knowledge.lookup(name)
    ids = {k.entity_id for k in readings if k.label == label and k.form in ("name", "abbreviation")}
    return next(iter(ids)) if len(ids) == 1 else None


def _add_person(registry: Registry, name: str) -> None:
    initials = persons.key(persons.parts(name)[1][-1])[:2]
    for place in sorted(registry.by_initials[initials]):
        referent = registry.referents[place]
        if _same(name, initials, referent):
            registry.also(referent, name)
            return
    if not registry.by_given(name):  # given names alone: `Otto Wille` for Otto Wille Kuusinen
        registry.add(Referent(entity_id(name), name, "PERSON", {name}))


def _same(name: str, initials: str, referent: Referent) -> bool:
    return any(
        persons.key(last[-1])[:2] == initials and persons.compatible(name, alias)
        for alias in (referent.name, *referent.aliases)
        if (last := persons.parts(alias)[1])
    )
