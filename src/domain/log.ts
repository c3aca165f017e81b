/** Where the program says how it is doing. Fields first, as pino takes them; never a token and never a whole payload. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
