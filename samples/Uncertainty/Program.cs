// Regression with uncertainty: a network that gives a mean and a variance, by the likelihood of a normal distribution.
using Kappa.Data;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;
using Kappa.Training;

var generator = new Philox(3);
var all = Waves(1200);
var (training, validation) = all.Split(200, generator);
var model = new Sequential(new Linear(1, 64), new Tanh(), new Linear(64, 64), new Tanh(), new Linear(64, 2));
var likelihood = new Objective("likelihood", TargetKind.Numbers, (outputs, targets) => Loss.GaussianNegativeLogLikelihood(
    outputs.Slice(1, 0, 1), outputs.Slice(1, 1, 1), targets));
var trainer = new Trainer(model, new AdamW(model.Parameters(), 3e-3), new TrainerOptions { Epochs = 150, Patience = 30, Objective = likelihood });
_ = trainer.Fit(training, validation, batchSize: 50, seed: 0, checkLeaks: false);

// How often the target is within 1.96 standard deviations: 95 % if the model knows how sure it is.
int inside = 0;
using var quiet = NoGradient.Begin();
foreach (var (x, y) in validation.BatchesInOrder(200))
{
    using var scope = TensorScope.Begin();
    float[] outputs = model.Forward(x).ToArray<float>(), targets = y.ToArray<float>();
    inside += targets.Where((target, i) => Math.Abs(target - outputs[2 * i]) < 1.96 * Math.Exp(outputs[(2 * i) + 1] / 2)).Count();
}
Console.WriteLine($"{inside / 2.0} % of the validation targets are within the 95 % interval");
return inside is > 176 and < 200 ? 0 : throw new InvalidOperationException($"{inside / 2.0} % are within the 95 % interval");

TensorDataSet Waves(int count)
{
    float[] x = [.. Enumerable.Range(0, count).Select(_ => (float)((6 * generator.NextDouble()) - 3))];
    using var noise = Tensor.Normal([count], generator);
    float[] drawn = noise.ToArray<float>();
    float[] y = [.. x.Select((at, i) => (float)(Math.Sin(2 * at) + ((0.05 + (0.1 * Math.Abs(at))) * drawn[i])))];
    return new TensorDataSet(Tensor.From(x, [count, 1]), Tensor.From(y, [count, 1]));
}
