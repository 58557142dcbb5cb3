import { useState } from "react";
import type { ReactElement } from "react";
import { Icon } from "../ui/index.ts";
import type { IconName } from "../ui/index.ts";
import { applyTheme, keptTheme } from "./theme.ts";
import type { Theme } from "./theme.ts";

const THEMES: readonly { readonly theme: Theme; readonly title: string; readonly icon: IconName }[] = [
  { theme: "light", title: "Light", icon: "sun" },
  { theme: "dark", title: "Dark", icon: "moon" },
  { theme: "system", title: "As the system", icon: "screen" },
];

export function ThemeSwitch(): ReactElement {
  const [chosen, setChosen] = useState(() => keptTheme(localStorage));
  return (
    <fieldset className="theme">
      <legend className="hidden">Theme</legend>
      {THEMES.map(({ theme, title, icon }) => (
        <label key={theme} title={title}>
          <input
            type="radio"
            name="theme"
            className="hidden"
            checked={theme === chosen}
            onChange={() => {
              setChosen(theme);
              applyTheme(theme, document.documentElement, localStorage);
            }}
          />
          <Icon name={icon} size={15} />
          <span className="hidden">{title}</span>
        </label>
      ))}
    </fieldset>
  );
}
