using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;

namespace Kappa.Data.Tests;

/// <summary>A seed decides every bit of what is trained, whatever the number of threads and whether batches are loaded ahead.</summary>
[Collection(WholeProcess.Name)]
public sealed class DeterminismTests
{
    private static readonly Dictionary<string, Func<TemporaryFolder, IBatchSource>> Kinds = new()
    {
        ["a table of a CSV file"] = folder => Rows(folder).Batches(16, new Philox(3)),
        ["a stream of a CSV file"] = folder =>
        {
            Write(folder);
            return new CsvStream(folder["a.csv"], Encoder(folder), 16, 3, new CsvOptions { BlockBytes = 512 }, window: 50);
        },
        ["some rows of a table"] = folder => Rows(folder).Split(40, new Philox(2)).First.Batches(16, new Philox(3), PartialBatch.Drop),
        ["pictures kept in memory"] = folder => Pictures(folder, 1 << 20).Batches(5, new Philox(3)),
        ["pictures decoded each time"] = folder => Pictures(folder, 0).Batches(5, new Philox(3)),
        ["pictures that are varied"] = folder =>
            new AugmentedDataSet(Pictures(folder, 0), new Augmentation { CropPadding = 2 }, 4).Batches(5, new Philox(3)),
        ["text"] = _ =>
        {
            string text = string.Concat(Enumerable.Range(0, 300).Select(i => $"{i * i % 97} "));
            var tokenizer = BytePairTokenizer.Train([text], 270);
            return new TokenDataSet(TokenStream.Encode(tokenizer, [new TextDocument("a", "", text)]), 8, 1).Batches(16, new Philox(3));
        },
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_trains_to_the_same_bits_with_any_number_of_threads_and_with_batches_loaded_ahead(string kind)
    {
        int before = ComputeThreads.Count;
        try
        {
            float[]? expected = null;
            foreach (int threads in new[] { 1, 2, 3 })
            {
                ComputeThreads.Count = threads;
                foreach (int ahead in new[] { 0, 1, 3 })
                {
                    float[] got = Trained(kind, ahead);
                    expected ??= got;
                    Assert.Equal(expected, got);
                }
            }
            Assert.All(expected!, value => Assert.True(float.IsFinite(value)));
        }
        finally
        {
            ComputeThreads.Count = before;
        }
    }

    private static float[] Trained(string kind, int ahead)
    {
        using var folder = new TemporaryFolder();
        var source = Kinds[kind](folder);
        using var owned = source as IDisposable;
        using var prefetched = ahead > 0 ? new PrefetchedBatches(source, ahead) : null;
        var first = Kinds[kind](folder);
        using var ownedToo = first as IDisposable;
        var shape = first.Next().Inputs;
        Module model = shape.DataType == DataType.Int32
            ? new Sequential(new Embedding(300, 6), new Linear(6, 300))
            : new Sequential(new Flatten(), new Linear(shape.Count / shape.Shape[0], 7), new ReLU(), new Linear(7, 3));
        model.Initialize(new Philox(1));
        var trainer = new Trainer(model, new AdamW(model.Parameters(), 1e-2), new TrainerOptions { Steps = 25, Progress = null });
        _ = trainer.Fit(prefetched ?? source);
        return [.. model.Parameters().SelectMany(parameter => parameter.Tensor.ToArray<float>())];
    }

    private static void Write(TemporaryFolder folder)
    {
        var text = new StringBuilder("x,town,k\n");
        var random = new Philox(5);
        for (int i = 0; i < 200; i++)
            text.Append(CultureInfo.InvariantCulture, $"{random.NextNormal():R},{(char)('a' + random.NextInt32(4))},{(char)('p' + (i % 3))}\n");
        if (!File.Exists(folder["a.csv"]))
            File.WriteAllText(folder["a.csv"], text.ToString());
    }

    private static TableEncoder Encoder(TemporaryFolder folder) => TableEncoder.Fit(Table.ReadCsv(folder["a.csv"]), "k");

    private static DataSet Rows(TemporaryFolder folder)
    {
        Write(folder);
        return Encoder(folder).Encode(Table.ReadCsv(folder["a.csv"], new CsvOptions { BlockBytes = 256 }));
    }

    private static PictureFolder Pictures(TemporaryFolder folder, long cacheBytes)
    {
        for (int i = 0; i < 18; i++)
        {
            string name = $"{(char)('a' + (i % 3))}/{i}.{(i % 2 == 0 ? "png" : "jpg")}";
            if (!File.Exists(folder[name]))
                folder.Save(
                    name,
                    i % 2 == 0 ? PictureFiles.Png(20, 14, (x, y) => (9 * x, 11 * y, 13 * i)) : PictureFiles.Jpeg(16, 24, (x, y) => (5 * x) + (3 * y) + i));
        }
        return PictureFolder.Open(folder.FullPath, new() { Height = 10, Width = 10, CacheBytes = cacheBytes });
    }
}
