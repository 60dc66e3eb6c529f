// Takes a model from elsewhere as an ONNX file, rescales its hidden units, and trains it on with another task's data. With a path it takes that file, a
// perceptron of two numbers and two classes; without, one that was badly scaled on purpose.
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Onnx;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Rescaling;
using Kappa.Tensors;

const int Examples = 512;
string path = args.Length > 0 ? args[0] : WriteModelFromElsewhere();

var model = OnnxModel.Import(path);
Console.WriteLine($"{model.Provenance.Producer}, opset {model.Provenance.OperatorSet}: {string.Join("; ", model.Inputs)} -> {model.OutputName}");
var rescaled = PathConditioning.Rescale(model);
Console.WriteLine($"{rescaled.LogScales.Count} units rescaled, criterion {rescaled.CriterionBefore:F0} to {rescaled.CriterionAfter:F0}");

var optimizer = new AdamW(model.Parameters(), 1e-2);
var x = Tensor.Normal([Examples, 2], new Philox(2));
float[] points = x.ToArray<float>();
int[] labels = [.. Enumerable.Range(0, Examples).Select(i => points[2 * i] * points[(2 * i) + 1] > 0 ? 1 : 0)];
var y = Tensor.From(labels, [Examples]);
model.Train();
for (int step = 0; step < 300; step++)
{
    using var scope = TensorScope.Begin();
    Loss.CrossEntropy(model.Forward(x), y).Backward();
    optimizer.Step();
    optimizer.ZeroGrad();
}

model.Eval();
using var quiet = NoGradient.Begin();
float[] scores = model.Forward(x).ToArray<float>();
double accuracy = labels.Index().Average(row => scores[(2 * row.Index) + row.Item] > scores[(2 * row.Index) + 1 - row.Item] ? 1 : 0);
Console.WriteLine($"accuracy on the new task: {accuracy:P1}");
OnnxModel.Export(model, path);
if (args.Length == 0)
    File.Delete(path);
if (accuracy < 0.9)
    throw new InvalidOperationException("a rescaled model should learn");

static string WriteModelFromElsewhere()
{
    var elsewhere = new Sequential(new Linear(2, 64), new ReLU(), new Linear(64, 64), new ReLU(), new Linear(64, 2));
    _ = PathConditioning.ResetRandomly(elsewhere, new Philox(3), spread: 2);
    string file = Path.Combine(Path.GetTempPath(), $"kappa-elsewhere-{Environment.ProcessId}.onnx");
    OnnxModel.Export(elsewhere, file);
    return file;
}
