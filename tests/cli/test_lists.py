"""`ringside list`: every list in every form, with the same rows in each."""

import csv
import io
import json
import re

import cli


class Lists(cli.Test):
    def names(self):
        return [row["list"] for row in self.json()["rows"]]

    def json(self, *arguments):
        return json.loads(self.check_good("list", *arguments, "--json"))

    def test_all_forms_agree(self):
        names = self.names()
        self.assertLessEqual({"insns", "csrs", "causes", "exits", "hypercalls", "counters",
                              "prices", "devices"}, set(names))
        for name in names:
            data = self.json(name)
            self.assertEqual(data["list"], name)
            self.assertGreater(len(data["rows"]), 4)
            text = self.check_good("list", name)
            self.check_screen(text)
            rows = list(csv.reader(io.StringIO(self.check_good("list", name, "--csv"))))
            self.assertEqual(rows[0], list(data["rows"][0]))
            self.assertEqual(rows[1:], [[str(cell) for cell in row.values()]
                                        for row in data["rows"]])
            lines = self.check_good("list", name, "--markdown").splitlines()
            self.assertEqual(len(lines), len(rows) + 1)
            for line in lines:
                self.assertEqual(len(re.findall(r"(?<!\\)\|", line)), len(rows[0]) + 1, line)

    def test_facts(self):
        csrs = {row["name"]: row for row in self.json("csrs")["rows"]}
        self.assertEqual(csrs["satp"]["number"], "0x180")
        self.assertEqual((csrs["mhartid"]["level"], csrs["mhartid"]["access"]), ("M", "r"))
        self.assertEqual((csrs["cycle"]["level"], csrs["cycle"]["access"]), ("U", "r"))
        insns = {row["name"]: row for row in self.json("insns")["rows"]}
        for row in insns.values():
            self.assertEqual(len(row["picture"].replace(" ", "")), 32)
        self.assertEqual(insns["ecall"]["picture"].replace(" ", ""), f"{0x73:032b}")
        causes = {(row["kind"], row["code"]): row["name"] for row in self.json("causes")["rows"]}
        self.assertEqual(causes["exception", 13], "load_page")
        calls = {(row["extension"], row["fid"]): row for row in self.json("hypercalls")["rows"]}
        self.assertEqual(calls["base", 3]["name"], "probe_extension")
        self.assertEqual(calls["time", 0]["eid"], "0x54494d45")
        devices = {row["name"]: row for row in self.json("devices")["rows"]}
        self.assertEqual((devices["uart"]["address"], devices["uart"]["irq"]), ("0x10000000", 10))
        prices = {row["name"]: row for row in self.json("prices")["rows"]}
        self.assertEqual(prices["hart.csr_write"]["k3"], 5)
        self.assertTrue(all(row["source"] for row in prices.values()))

    def test_filter(self):
        rows = self.json("csrs", "SSTATUS")["rows"]
        self.assertEqual([row["name"] for row in rows], ["sstatus"])
        self.check_refused("list", "csrs", "zzz", words=["'zzz'", "'csrs'"])

    def test_refusals(self):
        self.check_refused("list", "exitz", words=["'exits'"])
        self.check_refused("list", "nothing-like-it", words=["ringside list"])
        self.check_refused("list", "exits", "--json", "--csv", words=["--csv"])


cli.main()
