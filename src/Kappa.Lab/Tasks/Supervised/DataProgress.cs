namespace Kappa.Lab.Tasks.Supervised;

/// <summary>How much of a file or folder is read.</summary>
/// <param name="Path">The file or folder.</param>
/// <param name="Done">What is read of it.</param>
/// <param name="Total">All of it.</param>
/// <param name="Unit">What is counted: <see cref="Bytes"/> or <see cref="Pictures"/>.</param>
public sealed record DataProgress(string Path, double Done, double Total, string Unit)
{
    /// <summary>The unit of files.</summary>
    public const string Bytes = "bytes";

    /// <summary>The unit of folders of pictures.</summary>
    public const string Pictures = "pictures";

    /// <summary>Tells of a file whose reader says what share of it is read.</summary>
    internal static IProgress<double>? OfFile(string path, IProgress<DataProgress>? progress)
    {
        if (progress is null)
            return null;
        double length = new FileInfo(path).Length;
        return new Direct<double>(share => progress.Report(new DataProgress(path, share * length, length, Bytes)));
    }

    /// <summary>Tells of a folder of pictures.</summary>
    internal static IProgress<PictureProgress>? OfPictures(string path, IProgress<DataProgress>? progress) => progress is null
        ? null
        : new Direct<PictureProgress>(pictures => progress.Report(new DataProgress(path, pictures.Done, pictures.Total, Pictures)));

    private sealed class Direct<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
