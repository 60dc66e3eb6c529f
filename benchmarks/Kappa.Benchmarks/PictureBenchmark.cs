using System.Diagnostics;
using Kappa.Data;
using Kappa.Data.Pictures;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors.Cpu.Threads;
using Kappa.Training;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

namespace Kappa.Benchmarks;

/// <summary>How long a training waits for pictures: 10,000 JPEGs of 64 x 64, flipped and moved, for a small convolutional network.</summary>
internal static class PictureBenchmark
{
    private const int Classes = 10, Size = 64, BatchSize = 64;

    internal static int Run(string[] arguments)
    {
        int count = arguments.Contains("--quick") ? 2_000 : 10_000;
        string folder = Directory.CreateTempSubdirectory("kappa-pictures-").FullName;
        try
        {
            Make(folder, count);
            foreach (int threads in BenchmarkOptions.ThreadCounts(arguments))
            {
                WorkerPool.ThreadCount = threads;
                foreach (var (isKept, isAhead) in new[] { (true, false), (false, false), (false, true) })
                    Measure(folder, isKept, isAhead, threads);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return 0;
    }

    private static void Measure(string folder, bool isKept, bool isAhead, int threads)
    {
        var watch = Stopwatch.StartNew();
        var pictures = PictureFolder.Open(folder, new() { Height = Size, Width = Size, CacheBytes = isKept ? 1L << 30 : 0 });
        string how = isKept ? "kept in memory" : isAhead ? "decoded each time, loaded ahead" : "decoded each time";
        Console.WriteLine($"{threads} threads, {how}: {pictures.Count} pictures opened in {watch.Elapsed.TotalSeconds:F2} s");
        Sheet.Add($"{how}: seconds to open", Sheet.ColumnOf(threads), watch.Elapsed.TotalSeconds, "0.0");
        var model = new Sequential(
            new Conv2d(3, 16, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(16, 32, 3, padding: 1), new ReLU(), new MaxPool2d(2),
            new Conv2d(32, 64, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Flatten(), new Linear(64 * 8 * 8, Classes));
        _ = model.Initialize(new Philox(1));
        var optimizer = new AdamW(model.Parameters(), 1e-3);
        using var source = new AugmentedDataSet(pictures, new Augmentation { CropPadding = 4 }, seed: 2).Batches(BatchSize, new Philox(3));
        using var ahead = isAhead ? new PrefetchedBatches(source) : null;
        for (int epoch = 1; epoch <= 3; epoch++)
        {
            watch.Restart();
            var trainer = new Trainer(model, optimizer, new TrainerOptions { Epochs = 1, RestoreBest = false, Progress = null });
            var outcome = trainer.Fit(ahead as IBatchSource ?? source);
            double step = watch.Elapsed.TotalMilliseconds / outcome.Steps;
            // The last epoch's stay.
            Sheet.Add($"{how}: ms a step", Sheet.ColumnOf(threads), step, "0.0");
            Sheet.Add($"{how}: of that, waiting for pictures, %", Sheet.ColumnOf(threads), 100 * outcome.DataWait, "0.00");
            Console.WriteLine(
                $"  epoch {epoch}: {step:F1} ms a step, data wait {outcome.DataWait:P2} ({step * outcome.DataWait:F2} ms), "
                + $"loss {outcome.Last.TrainingLoss:F3}");
        }
    }

    /// <summary>Pictures with a smooth pattern of their class and noise, whose JPEGs have the size of photographs: 2 kB.</summary>
    private static void Make(string folder, int count)
    {
        for (int label = 0; label < Classes; label++)
            _ = Directory.CreateDirectory(Path.Combine(folder, $"class{label}"));
        var random = new Philox(4);
        using var image = new Image<Rgb24>(Size, Size);
        for (int i = 0; i < count; i++)
        {
            int label = i % Classes;
            double shift = 6 * random.NextDouble();
            for (int y = 0; y < Size; y++)
            {
                for (int x = 0; x < Size; x++)
                {
                    double wave = Math.Sin(shift + ((label + 1) * ((x * Math.Cos(label)) + (y * Math.Sin(label))) / 20));
                    image[x, y] = new Rgb24(Byte(128 + (60 * wave)), Byte(128 - (40 * wave)), Byte(60 + (20 * label / 2.0)));
                }
            }
            image.SaveAsJpeg(Path.Combine(folder, $"class{label}", $"{i}.jpg"));
        }

        byte Byte(double value) => (byte)Math.Clamp(value + (30 * (random.NextDouble() - 0.5)), 0, 255);
    }
}
