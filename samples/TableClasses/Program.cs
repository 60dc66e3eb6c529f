// A CSV file to a saved best model, with early stopping and a confusion matrix.
using Kappa.Data;
using Kappa.Data.Tables;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Training;
using Kappa.Training.Metrics;

string file = args.Length > 0 ? args[0] : Flowers.Write();
string target = args.Length > 1 ? args[1] : "kind";
var table = Table.ReadCsv(file);
var (training, validation) = Splits.Stratified(Splits.Keys(table, target), 0.25, new Philox(0)).Of(table);
var encoder = TableEncoder.Fit(training, target);
var model = new Sequential(new Linear(encoder.FeatureNames.Count, 32), new ReLU(), new Linear(32, encoder.ClassNames.Count));
var confusion = new ConfusionMatrix(encoder.ClassNames);
string folder = Directory.CreateTempSubdirectory("kappa-flowers-").FullName;
var options = new TrainerOptions { Epochs = 100, Patience = 5, Metrics = [confusion], Folder = folder };
var trainer = new Trainer(model, new AdamW(model.Parameters(), 0.01), options);
var outcome = trainer.Fit(encoder.Encode(training), encoder.Encode(validation), batchSize: 32, seed: 0);
encoder.Save(Path.Combine(folder, "encoder.json"));
trainer.Evaluate(encoder.Encode(validation).BatchesInOrder(100));
Console.WriteLine($"{outcome.End} after {outcome.Steps} steps, best at {outcome.Best.Step}, saved in {folder}\n{confusion.ToTable()}");
return confusion.Value > 0.8 ? 0 : throw new InvalidOperationException($"the accuracy is only {confusion.Value:P0}");

/// <summary>A file of made-up flowers, where none is given.</summary>
internal static class Flowers
{
    internal static string Write()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("kappa-flowers-").FullName, "flowers.csv");
        var generator = new Philox(1);
        File.WriteAllLines(path, ["length,width,colour,kind", .. Enumerable.Range(0, 600).Select(i =>
        {
            double length = 4 + (i % 3) + generator.NextDouble(), width = 2 + (i % 3 * 0.5) + generator.NextDouble();
            string kind = new[] { "setosa", "versicolor", "virginica" }[i % 3];
            return FormattableString.Invariant($"{length:0.00},{width:0.00},{(i % 3 == 2 ? "blue" : "red")},{kind}");
        })]);
        return path;
    }
}
