// Takes the weights of another program's safetensors file, keeps its body as it is, and trains a new head on another task.
using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Tensors;

const int Features = 64, Examples = 512;
string path = Path.Combine(Path.GetTempPath(), $"kappa-fine-tuning-{Environment.ProcessId}.safetensors");
WriteFileOfAnotherProgram(path);

var model = new Sequential(("body", Body()), ("head", new Linear(Features, 2)));
_ = model.Initialize(new Philox(1));
var report = SafeTensorsImport.Load(path, model, new ImportOptions
{
    Rename = ["encoder.fc1=body.0", "encoder.fc2=body.2"],   // its names = ours
    LeaveOut = ["classifier"],                               // its head is for another task
    Keep = ["head"],                                         // and ours is new
});
Console.Write(report);
File.Delete(path);

foreach (var (name, tensor) in model.Parameters())
    tensor.RequiresGradient = name.StartsWith("head.", StringComparison.Ordinal);
var frozen = model.StateDict()["body.0.weight"].Clone();
var optimizer = new AdamW(model.Parameters().Where(parameter => parameter.Tensor.RequiresGradient).ToArray(), 1e-2);
var x = Tensor.Normal([Examples, 2], new Philox(2));
int[] labels = [.. Enumerable.Range(0, Examples).Select(i => x.ToArray<float>()[2 * i] * x.ToArray<float>()[(2 * i) + 1] > 0 ? 1 : 0)];
var y = Tensor.From(labels, [Examples]);
for (int step = 0; step < 300; step++)
{
    using var scope = TensorScope.Begin();
    Loss.CrossEntropy(model.Forward(x), y).Backward();
    optimizer.Step();
    optimizer.ZeroGrad();
}

using var quiet = NoGradient.Begin();
float[] scores = model.Forward(x).ToArray<float>();
double accuracy = labels.Index().Average(row => scores[(2 * row.Index) + row.Item] > scores[(2 * row.Index) + 1 - row.Item] ? 1 : 0);
Console.WriteLine($"accuracy with the new head: {accuracy:P1}");
if (accuracy < 0.85 || !frozen.ToArray<float>().SequenceEqual(model.StateDict()["body.0.weight"].ToArray<float>()))
    throw new InvalidOperationException("the head should learn, and the body should stay");

static Sequential Body() => new(new Linear(2, Features), new ReLU(), new Linear(Features, Features), new ReLU());

static void WriteFileOfAnotherProgram(string path)
{
    var body = Body();
    _ = body.Initialize(new Philox(3));
    var state = body.StateDict();
    var theirs = new StateDict();
    foreach (var (name, tensor) in state)
        theirs.Add(name.Replace("0.", "encoder.fc1.").Replace("2.", "encoder.fc2."), tensor);
    theirs.Add("classifier.weight", Tensor.Zeros([1000, Features]));
    theirs.Save(path);
}
