// Learns to tell the classes of a folder of pictures, one subfolder a class; without an argument it makes such a folder: discs and squares.
using Kappa.Data.Pictures;
using Kappa.Networks;
using Kappa.Networks.Activations;
using Kappa.Networks.Layers;
using Kappa.Optimizers;
using Kappa.Randomness;
using Kappa.Training;
using Kappa.Training.Metrics;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;

string? made = args.Length > 0 ? null : Directory.CreateTempSubdirectory("kappa-sample-").FullName;
if (made is not null)
    MakePictures(made, 200);
var pictures = PictureFolder.Open(args.FirstOrDefault() ?? made!, new() { Height = 32, Width = 32, SkipCorrupt = true });
var (training, validation) = pictures.SplitByClass(0.25, new Philox(1));
Console.WriteLine($"{training.Count} + {validation.Count} pictures of {string.Join(", ", pictures.ClassNames)}; {pictures.Skipped.Count} skipped");

var model = new Sequential(
    new Conv2d(3, 8, 3, padding: 1), new ReLU(), new MaxPool2d(2), new Conv2d(8, 16, 3, padding: 1), new ReLU(), new MaxPool2d(2),
    new Flatten(), new Linear(16 * 8 * 8, pictures.ClassNames.Count));
_ = model.Initialize(new Philox(2));
var accuracy = new Accuracy();
using var batches = new AugmentedDataSet(training, new Augmentation { CropPadding = 2 }, seed: 3).Batches(32, new Philox(4));
var trainer = new Trainer(model, new AdamW(model.Parameters(), 2e-3), new() { Epochs = 15, Metrics = [accuracy], Monitor = accuracy, Progress = null });
var outcome = trainer.Fit(batches, validation.BatchesInOrder(100));
Console.WriteLine($"validation accuracy {outcome.Best.Figure:P1} after {outcome.Best.Epoch:F0} epochs");
if (made is not null)
{
    Directory.Delete(made, recursive: true);
    if (outcome.Best.Figure < 0.9)
        throw new InvalidOperationException("discs and squares should be told apart");
}

static void MakePictures(string folder, int ofEach)
{
    var random = new Philox(5);
    foreach (string name in new[] { "disc", "square" })
    {
        string inner = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        for (int i = 0; i < ofEach; i++)
        {
            using var image = new Image<Rgb24>(40, 40, new Rgb24(Byte(0), Byte(0), Byte(0)));
            int radius = 6 + random.NextInt32(7), centreX = 13 + random.NextInt32(14), centreY = 13 + random.NextInt32(14);
            var colour = new Rgb24(Byte(156), Byte(156), Byte(156));
            int side = (2 * radius) + 1;
            for (int at = 0; at < side * side; at++)
            {
                int x = (at % side) - radius, y = (at / side) - radius;
                if (name == "square" || (x * x) + (y * y) <= radius * radius)
                    image[centreX + x, centreY + y] = colour;
            }
            image.SaveAsJpeg(Path.Combine(inner, $"{i}.jpg"));
        }
    }

    byte Byte(int from) => (byte)(from + random.NextInt32(100));
}
