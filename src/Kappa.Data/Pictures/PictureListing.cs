namespace Kappa.Data.Pictures;

/// <summary>The classes and files of a folder of pictures.</summary>
/// <param name="ClassNames">The class of each label.</param>
/// <param name="Files">The pictures, by class and then by name.</param>
/// <param name="IgnoredFiles">How many files there are that are no pictures by their name.</param>
internal sealed record PictureListing(IReadOnlyList<string> ClassNames, IReadOnlyList<PictureFile> Files, int IgnoredFiles)
{
    private const string Kind = "a folder with a subfolder of PNG and JPEG pictures for each of at least two classes";

    private static readonly string[] Extensions = [".png", ".jpg", ".jpeg"];

    /// <summary>Lists a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="classNames">The classes that may be there; null for the subfolders.</param>
    /// <exception cref="DataFileException">It is no such folder.</exception>
    internal static PictureListing Of(string folder, IReadOnlyList<string>? classNames)
    {
        if (!Directory.Exists(folder))
            throw new DataFileException(folder, Kind, File.Exists(folder) ? "a file" : "nothing of that name");
        // By code units, so that labels do not depend on the language of the machine. What begins with a dot is no class, such as .git.
        string[] classes =
        [
            .. Directory.EnumerateDirectories(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal),
        ];
        RequireClasses(folder, classes, classNames);
        List<PictureFile> files = [];
        int ignored = Directory.EnumerateFiles(folder).Count();
        foreach (var (label, name) in (classNames ?? classes).Index())
        {
            if (!classes.Contains(name))
                continue;
            string path = Path.Combine(folder, name);
            if (Directory.EnumerateDirectories(path).FirstOrDefault(inner => !Path.GetFileName(inner).StartsWith('.')) is { } inner)
                throw new DataFileException(path, "a class with its pictures directly inside", $"the folder {Path.GetFileName(inner)} in it");
            var all = new DirectoryInfo(path).GetFiles();
            var pictures = all.Where(IsPicture).OrderBy(file => file.Name, StringComparer.Ordinal).ToArray();
            if (pictures.Length == 0)
            {
                throw new DataFileException(
                    path, "at least one picture (.png, .jpg or .jpeg) of the class", all.Length == 0 ? "none" : $"{all.Length} files of other kinds");
            }
            ignored += all.Length - pictures.Length;
            files.AddRange(pictures.Select(file => PictureFile.Of(file, label)));
        }
        return new PictureListing(classNames ?? classes, files, ignored);
    }

    /// <summary>Lists what is to be predicted: one picture, or those of a folder and then those of its subfolders.</summary>
    /// <exception cref="DataFileException">There is none.</exception>
    internal static IReadOnlyList<string> Unlabelled(string path)
    {
        const string expected = "a PNG or JPEG picture, or a folder of them, flat or with a subfolder for each class";
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new DataFileException(path, expected, "nothing of that name");
        var folders = new DirectoryInfo(path).GetDirectories()
            .Where(folder => !folder.Name.StartsWith('.')).OrderBy(folder => folder.Name, StringComparer.Ordinal).ToArray();
        foreach (var folder in folders)
        {
            if (folder.EnumerateDirectories().FirstOrDefault(inner => !inner.Name.StartsWith('.')) is { } inner)
                throw new DataFileException(folder.FullName, "a class with its pictures directly inside", $"the folder {inner.Name} in it");
        }
        string[] files = [.. folders.Prepend(new DirectoryInfo(path)).SelectMany(
            folder => folder.GetFiles().Where(IsPicture).OrderBy(file => file.Name, StringComparer.Ordinal)).Select(file => file.FullName)];
        return files.Length > 0 ? files : throw new DataFileException(path, expected, "a folder with neither");
    }

    private static bool IsPicture(FileInfo file) => !file.Name.StartsWith('.') && Extensions.Contains(file.Extension, StringComparer.OrdinalIgnoreCase);

    private static void RequireClasses(string folder, string[] classes, IReadOnlyList<string>? known)
    {
        foreach (var alike in classes.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
            throw new DataFileException(
                folder, "classes whose names differ in more than capitals", string.Join(" and ", alike),
                "Elsewhere they would be one folder: rename one of them.");
        if (classes.Length == 0)
        {
            int pictures = new DirectoryInfo(folder).EnumerateFiles().Count(IsPicture);
            throw new DataFileException(folder, Kind, pictures == 0 ? "no subfolder" : $"no subfolder, and {pictures} pictures without a class");
        }
        if (known is null)
        {
            if (classes.Length == 1)
                throw new DataFileException(folder, Kind, $"one class alone, {classes[0]}");
            return;
        }
        if (known.Count < 2 || known.Distinct(StringComparer.Ordinal).Count() != known.Count)
            throw new ArgumentException($"PictureFolderOptions.ClassNames: expected at least two names, each once; got [{string.Join(", ", known)}]");
        if (classes.FirstOrDefault(name => !known.Contains(name)) is { } other)
            throw new DataFileException(folder, $"subfolders of the known classes ({string.Join(", ", known)})", $"the folder {other}");
    }
}
