using System.Globalization;

namespace Kappa.Soak;

/// <summary>What the process holds, after all garbage is collected.</summary>
/// <param name="Bytes">Resident memory.</param>
/// <param name="Files">Open files, sockets and the like.</param>
/// <param name="Threads">Threads.</param>
internal sealed record Usage(long Bytes, int Files, int Threads)
{
    private const double Growth = 1.2;
    private const int FewThreads = 4;
    private const int FewFiles = 2;

    public static Usage Now()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        string[] status = File.ReadAllLines("/proc/self/status");
        long Of(string name) => long.Parse(
            status.First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split((char[])['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
        return new Usage(Of("VmRSS") << 10, new DirectoryInfo("/proc/self/fd").GetFiles().Count(IsHeld), (int)Of("Threads"));
    }

    /// <summary>Assemblies are opened when they are first needed, and stay so.</summary>
    private static bool IsHeld(FileInfo link) => link.LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal);

    /// <summary>What later rounds may hold: a fifth more memory, and hardly a file or thread more.</summary>
    public Usage Bound() => new((long)(Growth * Bytes), Files + FewFiles, Threads + FewThreads);

    public Usage OrMore(Usage? other) => other is null ? this
        : new Usage(Math.Max(Bytes, other.Bytes), Math.Max(Files, other.Files), Math.Max(Threads, other.Threads));

    /// <summary>What is above a bound; null for nothing.</summary>
    public string? Above(Usage bound) => Bytes > bound.Bytes || Files > bound.Files || Threads > bound.Threads ? $"{this}, above {bound}" : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Bytes >> 20} MB, {Files} open files, {Threads} threads");
}
