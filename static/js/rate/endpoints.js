// Where the outbox sends what it holds, each as [path, body], and what an undo brings back into the hand.

export const votes = {
  one: (vote) => ["/votes", vote],
  several: (list) => ["/votes/batch", { votes: list }],
  undo: ({ id, vote }, tab) => [`/votes/${vote}/undo`, { id, tab }],
  back: (data) => data?.card ?? null,
};

export const judgements = {
  one: (judgement) => ["/judgements", judgement],
  several: (list) => ["/judgements/batch", { judgements: list }],
  undo: ({ id, vote }) => [`/judgements/${vote}/undo`, { id }],
  back: (data) => data?.pair ?? null,
};
