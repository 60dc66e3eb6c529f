// Trains a small classifier on two interleaved spirals, once with AdamW and once with DoPr in front of it, and saves it.
using Kappa.Checkpoints;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Preconditioning;
using Kappa.Randomness;
using Kappa.Tensors;

const int Batch = 64;
const int Steps = 400;
var (points, labels) = Spirals(2_000, new Philox(1));
var (heldOut, heldOutLabels) = Spirals(500, new Philox(2));

foreach (bool precondition in new[] { false, true })
{
    var model = new Sequential(new Linear(2, 64), new ReLU(), new Linear(64, 64), new ReLU(), new Linear(64, 2));
    _ = model.Initialize(new Philox(0));
    Optimizer optimizer = new AdamW(model.Parameters(), learningRate: 3e-3);
    if (precondition)
        optimizer = new DoPr(optimizer, model);

    var order = new Philox(3);
    for (int step = 0; step < Steps; step++)
    {
        using var scope = TensorScope.Begin();
        var rows = Tensor.From([.. Enumerable.Range(0, Batch).Select(_ => order.NextInt32(points.Shape[0]))], [Batch]);
        var batchLabels = Tensor.From([.. rows.ToArray<int>().Select(row => labels[row])], [Batch]);
        var loss = Loss.CrossEntropy(model.Forward(points.Gather(rows)), batchLabels);
        loss.Backward();
        optimizer.Step();
        optimizer.ZeroGrad();
    }

    double accuracy = Accuracy(model, heldOut, heldOutLabels);
    Console.WriteLine($"{(precondition ? "DoPr-AdamW" : "AdamW     ")}  held-out accuracy after {Steps} steps: {accuracy:P1}");

    string path = Path.Combine(Path.GetTempPath(), "kappa-quickstart.safetensors");
    model.StateDict().Save(path);
    var copy = new Sequential(new Linear(2, 64), new ReLU(), new Linear(64, 64), new ReLU(), new Linear(64, 2));
    copy.LoadStateDict(StateDict.Load(path));
    if (Accuracy(copy, heldOut, heldOutLabels) != accuracy)
        throw new InvalidOperationException("the loaded model differs from the saved one");
    File.Delete(path);
}

static double Accuracy(Module model, Tensor x, int[] labels)
{
    using var scope = TensorScope.Begin();
    using var quiet = NoGradient.Begin();
    float[] logits = model.Forward(x).ToArray<float>();
    return labels.Where((label, i) => (logits[(2 * i) + 1] > logits[2 * i]) == (label == 1)).Count() / (double)labels.Length;
}

static (Tensor Points, int[] Labels) Spirals(int count, Philox generator)
{
    float[] points = new float[2 * count];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++)
    {
        labels[i] = i % 2;
        double radius = generator.NextDouble();
        double angle = (4 * radius) + (Math.PI * labels[i]) + (0.2 * generator.NextNormal());
        points[2 * i] = (float)(radius * Math.Cos(angle));
        points[(2 * i) + 1] = (float)(radius * Math.Sin(angle));
    }

    return (Tensor.From(points, [count, 2]), labels);
}
