using System.Globalization;

namespace Kappa.Soak;

/// <summary>What the process holds, after all garbage is collected.</summary>
/// <param name="Bytes">Resident memory, compiled code and what the collector keeps for later in it.</param>
/// <param name="Live">What objects hold, tensors among them.</param>
/// <param name="Files">Open files, sockets and the like.</param>
/// <param name="Threads">Threads.</param>
internal sealed record Usage(long Bytes, long Live, int Files, int Threads)
{
    // Code is compiled anew, and better, for many rounds; what is alive grows with a leak alone.
    private const double Growth = 1.5, LiveGrowth = 1.1;
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
        return new Usage(Of("VmRSS") << 10, GC.GetTotalMemory(forceFullCollection: false), new DirectoryInfo("/proc/self/fd").GetFiles().Count(IsHeld), (int)Of("Threads"));
    }

    /// <summary>Assemblies are opened when they are first needed, and stay so.</summary>
    private static bool IsHeld(FileInfo link) => link.LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal);

    /// <summary>What later rounds may hold: half as much memory again, a tenth more that is alive, and hardly a file or thread more.</summary>
    public Usage Bound() => new((long)(Growth * Bytes), (long)(LiveGrowth * Live), Files + FewFiles, Threads + FewThreads);

    public Usage OrMore(Usage? other) => other is null ? this
        : new Usage(Math.Max(Bytes, other.Bytes), Math.Max(Live, other.Live), Math.Max(Files, other.Files), Math.Max(Threads, other.Threads));

    /// <summary>What is above a bound; null for nothing.</summary>
    public string? Above(Usage bound) => Bytes > bound.Bytes || Live > bound.Live || Files > bound.Files || Threads > bound.Threads
        ? $"{this}, above {bound}"
        : null;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Bytes >> 20} MB ({Live / 1e6:0.0} MB alive), {Files} open files, {Threads} threads");
}
