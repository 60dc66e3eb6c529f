using System.Diagnostics;
using System.Globalization;
using Kappa.Lab.Data;
using Kappa.Onnx;

namespace Kappa.Benchmarks;

/// <summary>How long an ONNX file takes to be read, and how much memory.</summary>
internal static class OnnxImportBenchmark
{
    private const int Samples = 15;

    internal static int Run(string[] arguments)
    {
        string path = arguments.FirstOrDefault(File.Exists)
            ?? Directory.EnumerateFiles(DataCatalog.ResNet18.Locate(), "ResNet18.onnx", SearchOption.AllDirectories).First();

        var first = Import(path);
        Sample[] later = [.. Enumerable.Range(0, Samples).Select(_ => Import(path))];
        double size = new FileInfo(path).Length;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {size / 1e6:F1} MB"));
        Console.WriteLine("             elapsed s  processor s  allocated, times the file");
        Report("the first", [first]);
        Report($"{Samples} more", later);
        return 0;

        void Report(string name, Sample[] samples)
        {
            double Median(Func<Sample, double> of) => Interleaving.Median([.. samples.Select(of)]);
            Sheet.Add(name, "elapsed, s", Median(sample => sample.Elapsed), "0.00");
            Sheet.Add(name, "processor, s", Median(sample => sample.Processor), "0.00");
            Sheet.Add(name, "allocated, times the file", Median(sample => sample.Allocated) / size, "0.00");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-16}{Median(sample => sample.Elapsed),6:F3}{Median(sample => sample.Processor),13:F3}"
                + $"{Median(sample => sample.Allocated) / size,27:F2}"));
        }
    }

    private static Sample Import(string path)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var (processor, allocated) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
        long start = Stopwatch.GetTimestamp();
        var model = OnnxModel.Import(path);
        double elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.Refresh();
        GC.KeepAlive(model);
        return new Sample(elapsed, (process.TotalProcessorTime - processor).TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - allocated);
    }

    private sealed record Sample(double Elapsed, double Processor, double Allocated);
}
