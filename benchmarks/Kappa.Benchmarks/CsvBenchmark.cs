using System.Diagnostics;
using System.Globalization;
using System.Text;
using CsvHelper;
using Kappa.Data.Tables;
using Kappa.Randomness;
using Kappa.Training;

namespace Kappa.Benchmarks;

/// <summary>How fast a file of ten columns of numbers and one of names becomes columns in memory: ours, CsvHelper, and a loop by hand.</summary>
internal static class CsvBenchmark
{
    private static readonly string[] Colours = ["red", "green", "blue", "dark blue"];

    internal static int Run(string[] arguments)
    {
        bool isQuick = arguments.Contains("--quick"), isOurs = arguments.Contains("--alone");
        string only = BenchmarkOptions.Value(arguments, "--only") ?? "";
        string? given = BenchmarkOptions.Value(arguments, "--file");
        string path = given ?? Path.GetTempFileName();
        try
        {
            if (given is null)
                Write(path, isQuick ? 500_000 : 10_000_000);
            double megabytes = new FileInfo(path).Length / 1e6;
            Console.WriteLine($"{megabytes:F0} MB");
            Sheet.Table = "The file";
            Sheet.Add("size, MB", "of ten numbers and a name a row", megabytes, "N0");
            // First, while the process is small.
            if (only is "" or "stream")
                Stream(path, megabytes);
            if (only is "" or "read")
                Read(arguments, path, megabytes, isQuick ? 5 : 3, isOurs);
            return 0;
        }
        finally
        {
            if (given is null)
                File.Delete(path);
        }
    }

    private static void Read(string[] arguments, string path, double megabytes, int rounds, bool isOurs)
    {
        List<(string Name, Func<long> Read)> ways = [];
        foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
            ways.Add(($"Table.ReadCsv, threads: {threads}", () => Table.ReadCsv(path, new CsvOptions { Threads = threads }).RowCount));
        if (!isOurs)
            ways.AddRange([("CsvHelper, into lists, nothing checked", () => WithCsvHelper(path)), ("File.ReadLines and Split", () => WithSplit(path))]);
        double[][] rates = [.. ways.Select(_ => new double[rounds])], processor = [.. ways.Select(_ => new double[rounds])];
        for (int round = 0; round < rounds; round++)
        {
            for (int way = 0; way < ways.Count; way++)
            {
                GC.Collect();
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                long start = Stopwatch.GetTimestamp();
                long rows = ways[way].Read();
                rates[way][round] = megabytes / Stopwatch.GetElapsedTime(start).TotalSeconds;
                processor[way][round] = megabytes / (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
                Console.Error.WriteLine($"{ways[way].Name}: {rows} rows, {rates[way][round]:F0} MB/s, "
                    + $"{processor[way][round]:F0} MB for each second of a processor");
            }
        }

        Sheet.Table = "Reading it";
        for (int way = 0; way < ways.Count; way++)
        {
            double median = Interleaving.Median([.. rates[way]]), ratio = median / Interleaving.Median([.. rates[^1]]);
            Sheet.Add(ways[way].Name, "MB/s", median, "0");
            Sheet.Add(ways[way].Name, "for each second of a processor", Interleaving.Median([.. processor[way]]), "0");
            Sheet.Add(ways[way].Name, "over the last row", ratio, "0.0");
            Console.WriteLine($"{ways[way].Name,-40} {median,7:F0} MB/s   {ratio,5:F1} times the last");
        }
        Console.WriteLine($"peak resident {Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:F0} MB");
    }

    /// <summary>The memory of one epoch of a file that is never in memory as a whole, above that of the process before.</summary>
    private static void Stream(string path, double megabytes)
    {
        const int headRows = 20_000, batchSize = 256, batchesBetweenLooks = 50;
        string head = Path.GetTempFileName();
        TableEncoder encoder;
        try
        {
            File.WriteAllLines(head, File.ReadLines(path).Take(headRows + 1));
            encoder = TableEncoder.Fit(Table.ReadCsv(head), "label", new TableEncoderOptions { Kind = TargetKind.Classes });
        }
        finally
        {
            File.Delete(head);
        }
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long before = Environment.WorkingSet, peak = before, rows = 0;
        long start = Stopwatch.GetTimestamp();
        using var stream = new CsvStream(path, encoder, batchSize, seed: 1);
        double counted = Stopwatch.GetElapsedTime(start).TotalSeconds;
        peak = Math.Max(peak, Environment.WorkingSet);
        start = Stopwatch.GetTimestamp();
        foreach (var (batch, number) in stream.Select((batch, number) => (batch, number)))
        {
            rows += batch.Targets.Count;
            if (number % batchesBetweenLooks == 0)
                peak = Math.Max(peak, Environment.WorkingSet);
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        long after = Environment.WorkingSet;
        double most = (Math.Max(peak, after) - before) / 1e6;
        Console.WriteLine(
            $"CsvStream: {rows} rows, counted at {megabytes / counted:F0} MB/s and read at {megabytes / seconds:F0} MB/s; "
            + $"working set before {before / 1e6:F0} MB, at most {most:F0} MB more, {(after - before) / 1e6:F0} MB more after");
        Sheet.Table = $"CsvStream, batches of {batchSize}";
        const string memory = "working set, MB";
        Sheet.Add("before", memory, before / 1e6, "0");
        Sheet.Add("more at most, while rows are counted and read", memory, most, "0");
        Sheet.Add("more afterwards", memory, (after - before) / 1e6, "0");
    }

    private static void Write(string path, int rows)
    {
        var generator = new Philox(1);
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        writer.WriteLine("id,a,b,c,d,e,f,g,h,kind,label");
        string[] tails = new string[20_000];
        for (int i = 0; i < tails.Length; i++)
        {
            var numbers = Enumerable.Range(0, 8).Select(_ => generator.NextNormal().ToString("F6", CultureInfo.InvariantCulture));
            tails[i] = $"{string.Join(',', numbers)},{Colours[generator.NextInt32(4)]},{generator.NextInt32(10)}";
        }
        for (int i = 0; i < rows; i++)
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{i},{tails[(int)(i * 7919L % tails.Length)]}\n"));
    }

    private static long WithCsvHelper(string path)
    {
        List<double>[] numbers = [.. Enumerable.Range(0, 10).Select(_ => new List<double>())];
        var names = new Dictionary<string, int>();
        List<int> codes = [];
        using var reader = CsvReader.FromFile(path, CsvReaderOptions.Default with { PoolStrings = true });
        while (reader.Read())
        {
            for (int i = 0; i < numbers.Length; i++)
                numbers[i].Add(reader.Parse<double>(i == 9 ? 10 : i));
            string name = reader.GetString(9);
            if (!names.TryGetValue(name, out int code))
                names.Add(name, code = names.Count);
            codes.Add(code);
        }
        return codes.Count;
    }

    private static long WithSplit(string path)
    {
        using var lines = File.ReadLines(path).Skip(1).GetEnumerator();
        List<double>[] numbers = [.. Enumerable.Range(0, 10).Select(_ => new List<double>())];
        var names = new Dictionary<string, int>();
        List<int> codes = [];
        while (lines.MoveNext())
        {
            string[] fields = lines.Current.Split(',');
            for (int i = 0; i < numbers.Length; i++)
                numbers[i].Add(double.Parse(fields[i == 9 ? 10 : i], CultureInfo.InvariantCulture));
            if (!names.TryGetValue(fields[9], out int code))
                names.Add(fields[9], code = names.Count);
            codes.Add(code);
        }
        return codes.Count;
    }
}
