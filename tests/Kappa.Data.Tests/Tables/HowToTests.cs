using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;

namespace Kappa.Data.Tests.Tables;

/// <summary>What docs/how-to/tables.md says.</summary>
public sealed class HowToTests
{
    [Fact]
    public void A_table_is_trained_on_and_predicted_from()
    {
        using var folder = new TemporaryFolder();
        var random = new Philox(7);
        File.WriteAllText(folder["houses.csv"], "id,district,area,built,price\n" + string.Concat(Enumerable.Range(0, 200).Select(i => House(i, random))));
        File.WriteAllText(folder["new.csv"], "district,area,built\nnorth,100,2000\nsouth,100,2000\n");

        var table = Table.ReadCsv(folder["houses.csv"]);
        table = table.Drop("id").WithoutMissing("price");
        var split = Splits.Stratified(Splits.Keys(table, "district"), 0.2, new Philox(1));
        var (training, validation) = split.Of(table);
        var encoder = TableEncoder.Fit(training, "price", new TableEncoderOptions { Kind = TargetKind.Numbers, StandardizeTarget = true });
        var model = new Sequential(new Linear(encoder.FeatureNames.Count, 16), new ReLU(), new Linear(16, 1));
        _ = model.Initialize(new Philox(2));
        var trainer = new Trainer(
            model, new AdamW(model.Parameters(), 1e-2), new TrainerOptions { Epochs = 30, Objective = Objective.Regression, Progress = null });
        var outcome = trainer.Fit(encoder.Encode(training), encoder.Encode(validation), batchSize: 32, seed: 3);
        encoder.Save(folder["encoder.json"]);

        // Of a target of variance 1.
        Assert.InRange(outcome.Best.ValidationLoss!.Value, 0, 0.05);
        var loaded = TableEncoder.Load(folder["encoder.json"]);
        var later = Table.ReadCsv(folder["new.csv"], new CsvOptions { Types = loaded.InputKinds });
        double[] prices = loaded.ToNumbers(model.Forward(loaded.EncodeInputs(later)));
        Assert.InRange(prices[0] - prices[1], 50, 150);
    }

    [Fact]
    public void Rare_classes_are_weighed_and_a_file_is_streamed()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.csv"], "x,kind\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i / 100.0},{(i > 80 ? "high" : "low")}\n")));
        var table = Table.ReadCsv(folder["a.csv"]);
        var encoder = TableEncoder.Fit(table, "kind");
        var data = encoder.Encode(table);
        double[] weights = ClassWeights.Balanced(Splits.Labels(data), encoder.ClassNames.Count);
        var model = new Sequential(new Linear(1, 2));
        _ = model.Initialize(new Philox(1));
        var trainer = new Trainer(model, new AdamW(model.Parameters(), 0.1), new TrainerOptions
        {
            Epochs = 40,
            Objective = Objective.ClassificationWith(new CrossEntropyOptions { ClassWeights = weights }),
            Progress = null,
        });
        using var stream = new CsvStream(folder["a.csv"], encoder, 10, seed: 1);
        using var batches = new PrefetchedBatches(stream);
        _ = trainer.Fit(batches, null);
        string[] names = encoder.ToClassNames(model.Forward(encoder.EncodeInputs(table)));
        Assert.InRange(names.Zip(Enumerable.Range(0, 100)).Count(pair => pair.First == table["kind"].TextOf(pair.Second)), 95, 100);
    }

    private static string House(int i, Philox random)
    {
        double area = 50 + (100 * random.NextDouble()), built = 1950 + random.NextInt32(70);
        bool isNorth = random.NextInt32(2) == 0;
        double price = (2 * area) + (built - 1950) + (isNorth ? 100 : 0);
        return string.Create(CultureInfo.InvariantCulture, $"{i},{(isNorth ? "north" : "south")},{area:F1},{built:F0},{(i == 5 ? double.NaN : price):F0}\n");
    }
}
