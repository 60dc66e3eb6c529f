using Kappa.Networks.Models;
using Kappa.Onnx;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Tensors.Cpu.Threads;
using Microsoft.ML.OnnxRuntime;

namespace Kappa.Benchmarks;

/// <summary>The forward pass of an ONNX file in our engine and in ONNX Runtime, interleaved, with as many threads each.</summary>
internal static class OnnxBenchmark
{
    private const int Samples = 15;

    internal static int Run(string[] arguments)
    {
        string? given = arguments.FirstOrDefault(argument => argument.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase));
        string folder = Directory.CreateTempSubdirectory("kappa-onnx-").FullName;
        try
        {
            string path = Path.Combine(folder, "model.onnx");
            // As we write it: with an open batch.
            if (given is not null)
                OnnxModel.Export(OnnxModel.Import(given), path);
            else
                OnnxModel.Export(new ResNet18(3, 1000), path, [3, 224, 224]);
            var model = OnnxModel.Import(path);
            var (shape, _) = model.InputOf();
            Console.WriteLine($"{given ?? "ResNet-18, random weights"}: inputs {shape}, "
                + $"{model.Parameters().Sum(parameter => (long)parameter.Tensor.Count):N0} parameters");
            Console.WriteLine("threads  batch   ours ms  ONNX Runtime ms  ratio (above 1, ours is faster)");
            foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
            {
                foreach (int batch in (int[])[1, 8])
                {
                    double ratio = Measure(path, model, [batch, .. shape.ToArray()], threads);
                    Sheet.Add($"forward pass of {given ?? "ResNet-18"}, {shape}, batch {batch}: speed over that of ONNX Runtime", threads, ratio);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static double Measure(string path, OnnxModule model, Shape shape, int threads)
    {
        WorkerPool.ThreadCount = threads;
        using var settings = new SessionOptions { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        using var session = new InferenceSession(path, settings);
        using var input = Tensor.Normal(shape, new Philox(1));
        using var value = OrtValue.CreateTensorValueFromMemory(input.ToArray<float>(), [.. shape.ToArray().Select(length => (long)length)]);
        using var run = new RunOptions();
        using var quiet = NoGradient.Begin();
        var result = Interleaved.Time(
            () =>
            {
                using var scope = TensorScope.Begin();
                _ = model.Forward(input);
            },
            () =>
            {
                using var outputs = session.Run(run, session.InputNames, [value], session.OutputNames);
            },
            inner: 1, Samples);
        Console.WriteLine($"{threads,7}{shape[0],7}{1000 * result.Ours,10:F1}{1000 * result.Peer,17:F1}{result.Ratio,7:F2}");
        return result.Ratio;
    }
}
