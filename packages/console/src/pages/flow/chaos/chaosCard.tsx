import type { ReactElement } from "react";
import type { ChaosChange, ChaosView } from "../../../contract.ts";
import { Badge, Button, Card, CopyButton, countText, pluralText } from "../../../ui/index.ts";
import { FaultSlider } from "./faultSlider.tsx";
import { groupsOf, injectedIn, presetOf, PRESETS, switchChange } from "./faults.ts";
import { RecentTrouble } from "./recentTrouble.tsx";
import { useChaos } from "./useChaos.ts";
import "./chaos.css";

/** What goes wrong on purpose, and how often. */
export function ChaosCard(): ReactElement {
  const [view, change] = useChaos();
  const groups = groupsOf(view);
  const injected = injectedIn(
    view,
    groups.flatMap(({ faults }) => faults),
  );
  return (
    <Card title="Chaos" className="chaos" actions={<MasterSwitch view={view} onChange={change} />}>
      <div className="stack">
        <p className="muted small">
          Break it on purpose: requests still end once, and nothing is lost. {pluralText(injected, "fault")} injected since it began.
        </p>
        <Presets view={view} onChange={change} />
        <div className="chaos-groups">
          {groups.map(({ title, where, faults }) => (
            <fieldset key={title} className="chaos-group">
              <legend>
                {title} <span className="muted number">{countText(injectedIn(view, faults))} injected</span>
              </legend>
              <p className="muted chaos-where">{where}</p>
              {faults.map((fault) => (
                <FaultSlider
                  key={fault.kind}
                  title={fault.title}
                  rate={view.rates[fault.kind] ?? 0}
                  count={view.counts[fault.kind] ?? 0}
                  onRate={(rate) => change({ rates: { [fault.kind]: rate } })}
                />
              ))}
            </fieldset>
          ))}
        </div>
        {!view.on && <p className="muted small">Chaos is off: the rates count as soon as it is on.</p>}
        <Seed seed={view.seed} />
        <RecentTrouble />
      </div>
    </Card>
  );
}

interface PartProps {
  readonly view: ChaosView;
  readonly onChange: (change: ChaosChange) => void;
}

function MasterSwitch({ view, onChange }: PartProps): ReactElement {
  return (
    <label className="chaos-switch">
      <Badge tone={view.on ? "bad" : "neutral"}>{view.on ? "On" : "Off"}</Badge>
      <input
        type="checkbox"
        role="switch"
        aria-label="Chaos"
        checked={view.on}
        onChange={(event) => onChange(switchChange(view, event.target.checked))}
      />
    </label>
  );
}

function Presets({ view, onChange }: PartProps): ReactElement {
  const current = presetOf(view);
  return (
    <div className="chaos-presets" role="group" aria-label="Presets">
      {PRESETS.map(({ key, title, what, changeFor }) => (
        <Button
          key={key}
          className="chaos-preset"
          kind={current === key ? "primary" : "plain"}
          aria-pressed={current === key}
          onClick={() => onChange(changeFor(view))}
        >
          {title}
          <span className="chaos-what">{what}</span>
        </Button>
      ))}
    </div>
  );
}

function Seed({ seed }: { readonly seed: number }): ReactElement {
  const command = `streamer dev --chaos ${seed}`;
  return (
    <p className="chaos-seed small">
      <span>
        Seed <strong className="number">{seed}</strong>. The same again, from the start and on a rough day:
      </span>
      <span className="chaos-command">
        <code>{command}</code>
        <CopyButton text={command} label="Copy the command" />
      </span>
    </p>
  );
}
