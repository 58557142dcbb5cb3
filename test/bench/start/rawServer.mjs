/** The baseline: the smallest program that answers over a WebSocket; it says where. */
import { WebSocketServer } from "ws";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
server.on("connection", (socket) => socket.on("message", (frame) => socket.send(frame, { binary: false })));
server.on("listening", () => console.log(`ws://127.0.0.1:${server.address().port}`));
