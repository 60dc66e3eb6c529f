using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Kappa.Benchmarks;

/// <summary>A PyTorch process that runs training steps on request and says how long they took.</summary>
internal sealed class TorchPeer : IDisposable
{
    private readonly Process _process;

    private TorchPeer(Process process) => _process = process;

    /// <summary>Starts the peer, or explains what is missing.</summary>
    /// <param name="threads">Threads for PyTorch and its BLAS.</param>
    /// <param name="openMpBlas">Whether to load the OpenMP build of OpenBLAS, which shares its threads with PyTorch.</param>
    internal static TorchPeer? Start(int threads, bool openMpBlas) =>
        Start("torch_steps.py", threads, openMpBlas, [], new { @case = new TrainingCase([4, 4], 4, "mse", true, false), steps = 1 });

    /// <summary>Starts a peer, or explains what is missing.</summary>
    /// <param name="script">Its file in benchmarks/peers.</param>
    /// <param name="threads">Threads for PyTorch and its BLAS.</param>
    /// <param name="openMpBlas">Whether to load the OpenMP build of OpenBLAS, which shares its threads with PyTorch.</param>
    /// <param name="arguments">Further arguments.</param>
    /// <param name="first">A request to try it with.</param>
    internal static TorchPeer? Start(string script, int threads, bool openMpBlas, string[] arguments, object first) =>
        Start(script, threads, openMpBlas, arguments, peer => _ = peer.Ask(first));

    /// <summary>Starts a peer, or explains what is missing.</summary>
    internal static TorchPeer? Start(string script, int threads, bool openMpBlas, string[] arguments, Action<TorchPeer> attempt)
    {
        string path = Path.Combine(RepositoryRoot(), "benchmarks", "peers", script);
        var start = new ProcessStartInfo("/usr/bin/python3", [path, threads.ToString(CultureInfo.InvariantCulture), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // OpenBLAS falls back to a slow kernel on a processor newer than itself; the peer gets the one that the processor deserves.
        if (System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated)
            start.Environment["OPENBLAS_CORETYPE"] = "SkylakeX";
        if (openMpBlas)
            start.Environment["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
        try
        {
            var peer = new TorchPeer(Process.Start(start)!);
            attempt(peer);
            return peer;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            Console.WriteLine("PyTorch is not available, so only our own figures follow. To compare: apt-get install python3-torch libopenblas0-openmp");
            return null;
        }
    }

    /// <summary>Runs so many steps and gives the seconds of one.</summary>
    internal double Run(TrainingCase work, int steps) => Ask(new { @case = work, steps }) / steps;

    /// <summary>Sends a request and gives the number that comes back.</summary>
    internal double Ask(object request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, JsonSerializerOptions.Web));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the PyTorch process ended");
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a request and gives the object that comes back.</summary>
    internal JsonElement AskObject(object request)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(request, JsonSerializerOptions.Web));
        _process.StandardInput.Flush();
        string line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the PyTorch process ended");
        return JsonSerializer.Deserialize<JsonElement>(line);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit(2000);
        _process.Dispose();
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Kappa.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("run the benchmarks from a checkout of the repository");
    }
}
