const KEY = "story";

/** What a tab keeps of the story it shows, so that a reload goes on with it. The text itself is on the server. */
export interface SavedStory {
  readonly id: string;
  readonly prompt: string;
}

export function savedStory(): SavedStory | undefined {
  const text = sessionStorage.getItem(KEY);
  return text === null ? undefined : (JSON.parse(text) as SavedStory);
}

export function saveStory(story: SavedStory): void {
  sessionStorage.setItem(KEY, JSON.stringify(story));
}
