using System.Collections;

namespace Kappa.Data.Tables;

/// <summary>Batches from a file of separated values that is never in memory as a whole: read again in each epoch, and shuffled in a window.</summary>
/// <remarks>
/// <para>Rows go through a window of so many; each that is given is drawn from the window at random, and the next row of the file takes its place. A row
/// comes at most a window early, so that a file in the order of its classes needs a large window, or is shuffled before. The order is a function of seed,
/// epoch and window.</para>
/// <para>Memory is that of the window, a batch and a megabyte of the file. A <see cref="Position"/> in the midst of an epoch is reached by reading the epoch
/// from its beginning. The rows are counted once, when the stream is made. One stream is for one thread; <see cref="PrefetchedBatches"/> reads ahead.</para>
/// </remarks>
public sealed class CsvStream : IBatchSource, IEnumerable<Batch>, IDisposable
{
    private readonly string _path;
    private readonly TableEncoder _encoder;
    private readonly CsvOptions _options;
    private readonly CsvSchema _schema;
    private readonly FileMark _mark;
    private readonly PartialBatch _partial;
    private readonly int _window;
    private readonly int _count;
    private CsvWindow? _rows;
    private BatchPosition _position;
    private Batch? _current;

    /// <summary>A stream at the beginning of epoch 0.</summary>
    /// <param name="path">The file; it must stay as it is.</param>
    /// <param name="encoder">Fitted on training rows, such as a part of the file. Columns that it does not know are passed over.</param>
    /// <param name="batchSize">Examples in a batch, at least 1.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="options">How the file is read; the kinds of columns are the encoder's.</param>
    /// <param name="window">Rows that are shuffled among each other, at least 1, which keeps the order of the file.</param>
    /// <param name="partial">What becomes of an incomplete last batch.</param>
    /// <exception cref="DataFileException">The file is not what it must be.</exception>
    public CsvStream(
        string path, TableEncoder encoder, int batchSize, ulong seed, CsvOptions? options = null, int window = 10_000, PartialBatch partial = PartialBatch.Keep)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        options ??= new CsvOptions();
        (_path, _encoder, _window, _partial, BatchSize) = (path, encoder, window, partial, batchSize);
        _options = options with { Types = new Dictionary<string, ColumnKind>(encoder.InputKinds) { [encoder.TargetName] = encoder.TargetColumnKind } };
        _options = _options with { Columns = [.. _options.Types.Keys] };
        _options.Validate();
        RegularFile.Require(path, CsvBlocks.Expected);
        _mark = new FileMark(path);
        using (var sample = new CsvBlocks(path, _options, isSample: true))
            _schema = new CsvSniffer(path, _options).Schema(sample);
        _count = CountRows();
        if (partial == PartialBatch.Drop && batchSize > _count)
            throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, $"with PartialBatch.Drop a batch holds at most all {_count} rows");
        _position = new BatchPosition(seed, 0, 0, _count);
    }

    /// <inheritdoc/>
    public int BatchSize { get; }

    /// <inheritdoc/>
    public int BatchesPerEpoch => (int)((_count + (_partial == PartialBatch.Keep ? BatchSize - 1L : 0)) / BatchSize);

    /// <summary>Where the next batch comes from.</summary>
    /// <exception cref="ArgumentException">It is set to a place that is none of this file.</exception>
    public BatchPosition Position
    {
        get => _position;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (value.ExampleCount != _count || value.Epoch < 0 || value.Offset < 0 || value.Offset >= _count)
            {
                throw new ArgumentException(
                    $"expected a place among {_count} rows; got offset {value.Offset} of {value.ExampleCount} in epoch {value.Epoch}", nameof(value));
            }
            if (value == _position)
                return;
            _position = AtBatch(value);
            CloseRows();
        }
    }

    /// <summary>The next batch, of the next epoch where this one is over. The one before is released.</summary>
    /// <param name="cancellation">Asked while rows are passed over on the way to a position.</param>
    /// <returns>The batch; valid until the next call.</returns>
    /// <exception cref="DataFileException">A row is not what it must be, or the file has changed.</exception>
    public Batch Next(CancellationToken cancellation = default)
    {
        int size = Math.Min(BatchSize, _count - _position.Offset), features = _encoder.FeatureNames.Count;
        bool isClasses = _encoder.TargetKind == TargetKind.Classes;
        Batch batch;
        try
        {
            var rows = _rows ??= Open(cancellation);
            batch = new Batch(
                Tensor.Zeros([size, features]).Keep(), Tensor.Zeros([size], isClasses ? DataType.Int32 : DataType.Float32).Keep());
            var inputs = batch.Inputs.Values<float>();
            for (int i = 0; i < size; i++)
            {
                float number = rows.Take(inputs.Slice(i * features, features), out int label);
                if (isClasses)
                    batch.Targets.Values<int>()[i] = label;
                else
                    batch.Targets.Values<float>()[i] = number;
            }
        }
        catch
        {
            // The next call begins again from the position, which is as it was.
            CloseRows();
            throw;
        }
        _current?.Release();
        _current = batch;
        var next = AtBatch(_position with { Offset = _position.Offset + size });
        if (next.Epoch != _position.Epoch)
            CloseRows();
        _position = next;
        return batch;
    }

    /// <summary>The batches from the current position to the end of its epoch.</summary>
    public IEnumerator<Batch> GetEnumerator()
    {
        long epoch = _position.Epoch;
        while (_position.Epoch == epoch)
            yield return Next();
    }

    /// <summary>Closes the file and releases the last batch.</summary>
    public void Dispose()
    {
        CloseRows();
        _current?.Release();
        _current = null;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private BatchPosition AtBatch(BatchPosition position)
    {
        int needed = _partial == PartialBatch.Keep ? 1 : BatchSize;
        return _count - position.Offset >= needed ? position : position with { Epoch = position.Epoch + 1, Offset = 0 };
    }

    private CsvWindow Open(CancellationToken cancellation)
    {
        _mark.RequireUnchanged();
        var generator = new Philox(_position.Seed).Split(_position.Epoch);
        var rows = new CsvWindow(new CsvBlocks(_path, _options), _schema, _encoder, Math.Min(_window, _count), generator);
        try
        {
            float[] passed = new float[_encoder.FeatureNames.Count];
            for (int i = 0; i < _position.Offset; i++)
            {
                if (i % 1024 == 0)
                    cancellation.ThrowIfCancellationRequested();
                _ = rows.Take(passed, out _);
            }
            return rows;
        }
        catch
        {
            rows.Dispose();
            throw;
        }
    }

    private void CloseRows()
    {
        _rows?.Dispose();
        _rows = null;
    }

    private int CountRows()
    {
        using var blocks = new CsvBlocks(_path, _options);
        long count = 0;
        while (blocks.Next() is { } block)
        {
            try
            {
                using var record = CsvText.Records(_path, _schema.Separator, block);
                while (record.Read())
                    count += _schema.Names.Length == 1 || !CsvText.IsEmptyLine(record) ? 1 : 0;
            }
            finally
            {
                block.Return();
            }
        }
        count -= _schema.HasHeader ? 1 : 0;
        return count is > 0 and <= int.MaxValue ? (int)count : throw new DataFileException(
            _path, $"1 row to {int.MaxValue}", $"{count}", "Part it into several files, and stream one after the other.");
    }
}
