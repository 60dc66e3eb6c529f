namespace Kappa.Data.Tables;

/// <summary>Reads a file of separated values into a table: blocks in order by this thread, their values by several, put together in order.</summary>
internal static class CsvTableReader
{
    internal static Table Read(
        string path, CsvOptions options, IProgress<double>? progress, CancellationToken cancellation, long? mostRows = null)
    {
        options.Validate();
        long most = mostRows ?? Array.MaxLength;
        using var sample = new CsvBlocks(path, options, isSample: true);
        var schema = new CsvSniffer(path, options).Schema(sample);
        using var blocks = new CsvBlocks(path, options);
        var block = blocks.Next();
        var columns = schema.Kinds.Select((kind, i) => new CsvColumn(schema, i, kind, options.Types.ContainsKey(schema.Names[i]))).ToArray();
        int threads = options.Threads ?? Environment.ProcessorCount;
        int expected = 0;
        long count = 0;
        var parsed = new Queue<Task<(int Rows, CsvColumnPart?[] Columns)>>();
        try
        {
            while (block is not null)
            {
                cancellation.ThrowIfCancellationRequested();
                var taken = block;
                parsed.Enqueue(Task.Run(() => CsvBlockParser.Parse(schema, taken), CancellationToken.None));
                // With one more than there are threads none waits while a block is read.
                while (parsed.Count > (threads == 1 ? 0 : threads))
                    Take();
                progress?.Report(blocks.Done);
                block = Next();
            }
            while (parsed.Count > 0)
                Take();
        }
        finally
        {
            // After an error, nothing works on.
            Task.WaitAll(parsed.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default)));
        }
        sample.RequireUnchanged();
        progress?.Report(1);
        return new Table(columns.Where((_, i) => schema.Passed?[i] != true).Select(column => column.Finish()));

        CsvBlock? Next()
        {
            try
            {
                return blocks.Next();
            }
            catch (DataFileException)
            {
                // What is wrong further up in the file is said first, however many threads there are.
                while (parsed.Count > 0)
                    Take();
                throw;
            }
        }

        void Take()
        {
            var (rows, parts) = parsed.Dequeue().GetAwaiter().GetResult();
            if (expected == 0)
                expected = (int)Math.Min(Array.MaxLength, (long)(1.01 * rows / Math.Max(blocks.Done, 1e-9) / Math.Max(1, parsed.Count + 1)) + 1);
            if ((count += rows) > most)
            {
                throw new DataFileException(
                    path, $"at most {most} rows, which a table in memory has", "more", "CsvStream reads larger files, in each epoch again.");
            }
            for (int i = 0; i < columns.Length; i++)
            {
                if (parts[i] is { } part)
                    columns[i].Add(rows, part, expected);
            }
        }
    }
}
