/** A month's money as the office reads and pays it, and a year's budgets. */
import { ledger } from "../office/ledger.svelte";
import { get } from "../wire/api";
import type { BookSheet, BudgetSheet, OwedRow } from "../wire/books";
import { Deed } from "../wire/deed.svelte";
import { Reading } from "../wire/reading.svelte";

class Books {
  sheet = new Reading<BookSheet>();
  budgets = new Reading<BudgetSheet>();
  paying = $state.raw<OwedRow | null>(null);
  deed = new Deed();
  year = $derived(Number(ledger.month.slice(0, 4)));

  async read(): Promise<void> {
    await Promise.all([this.#readSheet(), this.#readBudgets()]);
  }

  #readSheet(): Promise<unknown> {
    return this.sheet.read(() => get<BookSheet>("/api/office/books", { month: ledger.month }));
  }

  async #readBudgets(): Promise<void> {
    if (ledger.district) await this.budgets.read(() => get<BudgetSheet>("/api/office/budgets", { year: this.year }));
  }

  /** The books as they are after a deed; what else it changed is read again. */
  async #doing(path: string, form: object = {}): Promise<boolean> {
    const sheet = await this.deed.ask<BookSheet>(path, form);
    if (sheet?.month === ledger.month) this.sheet.take(sheet);
    else void this.#readSheet();
    void this.#readBudgets();
    return sheet !== null;
  }

  async pay(row: OwedRow, fen: number, paid_on: string, voucher: string): Promise<void> {
    const form = { month: ledger.month, station_id: row.station_id, payer: row.payer, kind: row.kind, fen, paid_on, voucher };
    if (await this.#doing("/api/office/payouts", form)) this.paying = null;
  }

  async setBudget(payer: string, fen: number, doc_no: string): Promise<boolean> {
    const budgets = await this.deed.ask<BudgetSheet>("/api/office/budgets", { payer, year: this.year, fen, doc_no });
    if (budgets?.year === this.year) this.budgets.take(budgets);
    return budgets !== null;
  }

  count(): void {
    void this.#doing(`/api/office/books/count?month=${ledger.month}`);
  }

  verify(id: string): void {
    void this.#doing(`/api/office/stops/${id}/verify?month=${ledger.month}`);
  }
}

export const books = new Books();
