// Trains a classifier in C#, writes it as an ONNX file, and serves it with ONNX Runtime, which knows nothing of Kappa.
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Onnx;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;
using Microsoft.ML.OnnxRuntime;

const int Examples = 512;
var model = new Sequential(new Linear(2, 64), new ReLU(), new Linear(64, 64), new ReLU(), new Linear(64, 2));
var optimizer = new DoPr(new AdamW(model.Parameters(), 1e-2), model);
var x = Tensor.Normal([Examples, 2], new Philox(1));
float[] points = x.ToArray<float>();
int[] labels = [.. Enumerable.Range(0, Examples).Select(i => points[2 * i] * points[(2 * i) + 1] > 0 ? 1 : 0)];
var y = Tensor.From(labels, [Examples]);
for (int step = 0; step < 300; step++)
{
    using var scope = TensorScope.Begin();
    Loss.CrossEntropy(model.Forward(x), y).Backward();
    optimizer.Step();
    optimizer.ZeroGrad();
}

string path = Path.Combine(Path.GetTempPath(), $"kappa-classifier-{Environment.ProcessId}.onnx");
OnnxModel.Export(model, path, options: new OnnxExportOptions { InputName = "points", OutputName = "scores" });

// The ten lines of a server. An array of any number of points is a batch.
using var session = new InferenceSession(path);
int[] Classify(float[] batch)
{
    using var input = OrtValue.CreateTensorValueFromMemory(batch, [batch.Length / 2, 2]);
    using var run = new RunOptions();
    using var outputs = session.Run(run, ["points"], [input], ["scores"]);
    var scores = outputs[0].GetTensorDataAsSpan<float>().ToArray();
    return [.. Enumerable.Range(0, batch.Length / 2).Select(i => scores[2 * i] < scores[(2 * i) + 1] ? 1 : 0)];
}

double accuracy = Classify(points).Zip(labels).Average(pair => pair.First == pair.Second ? 1 : 0);
Console.WriteLine($"accuracy as served: {accuracy:P1} ({new FileInfo(path).Length:N0} bytes)");
File.Delete(path);
if (accuracy < 0.95)
    throw new InvalidOperationException("what is served should be what was trained");
