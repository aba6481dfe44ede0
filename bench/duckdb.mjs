// Asks DuckDB what culprit is asked. Usage: node duckdb.mjs minutes|checklist FILE
//   minutes    all lines and error lines per minute, in one pass over the file
//   checklist  loads the file into a table, then counts errors by every value of every field, and
//              by every pair of values of ten fields that most logs have
// The number of error lines is printed last, so that the answers can be compared.
import { DuckDBInstance } from "@duckdb/node-api";

const [question, file] = process.argv.slice(2);
const bad = "count(*) filter (where level = 'error')";
const source = `read_ndjson('${file.replaceAll("'", "''")}')`;
const connection = await (await DuckDBInstance.create()).connect();
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowsJS();
const sum = (numbers) => numbers.reduce((total, n) => total + Number(n), 0);

const questions = {
  async minutes() {
    const minutes = await rows(
      `select date_trunc('minute', ts::timestamp) as minute, count(*), ${bad}
       from ${source} group by minute order by minute`);
    return sum(minutes.map((row) => row[2]));
  },

  async checklist() {
    await connection.run(`create table events as select * from ${source}`);
    const minutes = await rows(
      `select date_trunc('minute', ts::timestamp) as minute, count(*), ${bad}
       from events group by minute order by minute`);
    for (const [field] of await rows("describe events")) {
      await rows(`select "${field}"::varchar as value, count(*), ${bad} as bad
                  from events group by value order by bad desc limit 20`);
    }
    const ten = ["svc", "host", "az", "region", "ver", "do", "route", "status", "plan", "cc"];
    for (const [at, a] of ten.entries()) {
      for (const b of ten.slice(at + 1)) {
        await rows(`select "${a}", "${b}", count(*), ${bad} as bad
                    from events group by 1, 2 order by bad desc limit 20`);
      }
    }
    return sum(minutes.map((row) => row[2]));
  },
};

console.log(await questions[question]());
