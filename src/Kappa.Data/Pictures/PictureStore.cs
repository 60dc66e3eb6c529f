namespace Kappa.Data.Pictures;

/// <summary>The pixels of pictures: decoded once and kept, or decoded each time, by several threads. The result does not depend on their number.</summary>
internal sealed class PictureStore
{
    private readonly PictureFolderOptions _options;
    private readonly PictureDecoder _decoder;
    private readonly List<PictureFile> _files;
    private readonly List<byte[]>? _pixels;
    private readonly List<ChannelSums>? _sums;

    private PictureStore(
        PictureFolderOptions options, PictureDecoder decoder, (int Height, int Width) size, List<PictureFile> files, List<byte[]>? pixels,
        List<ChannelSums>? sums) =>
        (_options, _decoder, Size, _files, _pixels, _sums) = (options, decoder, size, files, pixels, sums);

    internal (int Height, int Width) Size { get; }

    internal IReadOnlyList<PictureFile> Files => _files;

    internal IReadOnlyList<SkippedPicture> Skipped { get; private init; } = [];

    internal bool IsCached => _pixels is not null;

    private int Channels => _options.Channels;

    /// <summary>Decodes all pictures once where anything asks for that: the cache, the normalisation, or corrupt files that are to be left out.</summary>
    internal static PictureStore Open(
        IReadOnlyList<PictureFile> listed, PictureFolderOptions options, IProgress<PictureProgress>? progress, CancellationToken cancellation)
    {
        var size = SizeOf(listed, options);
        var decoder = new PictureDecoder(options, size);
        bool isCached = (double)listed.Count * options.Channels * size.Height * size.Width <= options.CacheBytes;
        if (!isCached && options.Normalization is not null && !options.SkipCorrupt)
            return new PictureStore(options, decoder, size, [.. listed], null, null);
        var pixels = new byte[]?[listed.Count];
        var sums = new ChannelSums[listed.Count];
        int done = 0;
        string?[] reasons = DecodeEach(listed, options, decoder, cancellation, (i, decoded) =>
        {
            if (decoded is not null)
            {
                sums[i] = ChannelSums.Of(decoded, options.Channels);
                pixels[i] = isCached ? decoded : null;
            }
            progress?.Report(new PictureProgress(Interlocked.Increment(ref done), listed.Count));
        });
        int[] whole = [.. Enumerable.Range(0, listed.Count).Where(i => reasons[i] is null)];
        return new PictureStore(
            options, decoder, size, [.. whole.Select(i => listed[i])], isCached ? [.. whole.Select(i => pixels[i]!)] : null, [.. whole.Select(i => sums[i])])
        {
            Skipped = [.. from entry in reasons.Index() where entry.Item is not null select new SkippedPicture(listed[entry.Index].FilePath, entry.Item)],
        };
    }

    /// <summary>The pixels of some pictures, each <c>[channels, height, width]</c>.</summary>
    internal byte[][] Take(int[] rows)
    {
        if (_pixels is not null)
            return [.. rows.Select(row => _pixels[row])];
        byte[][] pixels = new byte[rows.Length][];
        // What was left out when the folder was opened has no row; a file that is corrupt now has changed.
        var whole = _options with { SkipCorrupt = false };
        _ = DecodeEach([.. rows.Select(row => _files[row])], whole, _decoder, CancellationToken.None, (i, decoded) => pixels[i] = decoded!);
        return pixels;
    }

    /// <summary>Decodes files by several threads.</summary>
    /// <param name="files">The files.</param>
    /// <param name="options">Whether corrupt ones are left out, and by how many threads.</param>
    /// <param name="decoder">What decodes.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="take">Takes the pixels of each, on whichever thread; null where it is left out.</param>
    /// <returns>Why each was left out; null where it was not.</returns>
    /// <exception cref="DataFileException">The first file that cannot be decoded, where none is left out.</exception>
    internal static string?[] DecodeEach(
        IReadOnlyList<PictureFile> files, PictureFolderOptions options, PictureDecoder decoder, CancellationToken cancellation, Action<int, byte[]?> take)
    {
        var reasons = new string?[files.Count];
        ForEach(files.Count, options, cancellation, i =>
        {
            byte[]? decoded = null;
            try
            {
                decoded = decoder.Decode(files[i].FilePath, files[i].Read(options.MostFileBytes));
            }
            catch (CorruptPictureException error) when (options.SkipCorrupt)
            {
                reasons[i] = error.Message;
            }
            catch (CorruptPictureException error)
            {
                throw error.Of(files[i].FilePath);
            }
            take(i, decoded);
        });
        return reasons;
    }

    /// <summary>What the options say, or else the mean and deviation of some pictures, exact but for the last rounding.</summary>
    /// <exception cref="InvalidOperationException">A channel has one value everywhere, so that it cannot be scaled.</exception>
    internal PictureNormalization NormalizationOf(IEnumerable<int> rows)
    {
        if (_options.Normalization is { } given)
            return given;
        double[] mean = new double[Channels], deviation = new double[Channels];
        for (int channel = 0; channel < Channels; channel++)
        {
            Int128 sum = 0, squares = 0, count = 0;
            foreach (int row in rows)
            {
                sum += _sums![row].Sums[channel];
                squares += _sums[row].Squares[channel];
                count += Size.Height * Size.Width;
            }
            Int128 spread = (count * squares) - (sum * sum);
            if (spread <= 0)
            {
                throw new InvalidOperationException(
                    $"every pixel of the pictures has the same value in channel {channel}, so that no deviation can scale it: "
                    + "set PictureFolderOptions.Normalization, such as to PictureNormalization.None");
            }
            mean[channel] = (double)sum / (double)count / 255;
            deviation[channel] = Math.Sqrt((double)spread) / (double)count / 255;
        }
        return new PictureNormalization(mean, deviation);
    }

    private static (int Height, int Width) SizeOf(IReadOnlyList<PictureFile> files, PictureFolderOptions options)
    {
        if (options is { Height: { } height, Width: { } width })
            return (height, width);
        foreach (var file in files)
        {
            try
            {
                var header = PictureDecoder.ReadHeader(file.Read(options.MostFileBytes), options).Upright;
                return (header.Height, header.Width);
            }
            catch (CorruptPictureException) when (options.SkipCorrupt)
            {
            }
            catch (CorruptPictureException error)
            {
                throw error.Of(file.FilePath);
            }
        }
        throw new DataFileException(files[0].FilePath, "a picture that can be decoded", $"none among all {files.Count} files");
    }

    /// <summary>Does something for each number; where some fail, the error of the first one is thrown, whichever failed first.</summary>
    private static void ForEach(int count, PictureFolderOptions options, CancellationToken cancellation, Action<int> action)
    {
        int failed = int.MaxValue;
        System.Runtime.ExceptionServices.ExceptionDispatchInfo? first = null;
        var gate = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Workers ?? ComputeThreads.Count, CancellationToken = cancellation };
        _ = Parallel.For(0, count, parallel, (i, loop) =>
        {
            try
            {
                action(i);
            }
            catch (Exception error)
            {
                lock (gate)
                {
                    if (i < failed)
                        (failed, first) = (i, System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(error));
                }
                // Those before it are still done.
                loop.Break();
            }
        });
        first?.Throw();
    }
}
