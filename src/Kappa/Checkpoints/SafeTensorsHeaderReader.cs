using System.Text.Json;
using System.Text.Unicode;
using Kappa.Text;

namespace Kappa.Checkpoints;

/// <summary>Reads the JSON header of a safetensors file. Everything it allocates is bounded by a multiple of the header's length.</summary>
internal sealed class SafeTensorsHeaderReader
{
    // The format needs three levels. The reference implementation ignores unknown fields of a tensor, so these may nest.
    private const int DeepestJson = 16;

    private readonly string _path;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<long> _numbers = [];
    private bool _metadataSeen;

    public SafeTensorsHeaderReader(string path) => _path = path;

    public List<SafeTensorsTensorHeader> Tensors { get; } = [];

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the whole header, checks its form, and leaves the tensors in the order of their offsets.</summary>
    public void Read(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
        {
            throw Error(null, "a header that starts with '{'", json.IsEmpty ? "an empty header" : $"the byte 0x{json[0]:x2}");
        }
        if (!Utf8.IsValid(json))
        {
            throw Error(null, "a header in UTF-8", "an invalid byte sequence");
        }
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestJson });
            _ = reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadProperty(ref reader);
            }
            // Anything but padding after the closing brace makes this throw.
            _ = reader.Read();
        }
        catch (JsonException error)
        {
            throw Error(null, $"a header of valid JSON, at most {DeepestJson} levels deep", $"\"{error.Message}\"", error);
        }
        catch (InvalidOperationException error)
        {
            // The only cause left: a string with half a surrogate pair, written as an escape.
            throw Error(null, "header strings of whole Unicode characters", $"\"{error.Message}\"", error);
        }
        Tensors.Sort((left, right) => (left.Start, left.End).CompareTo((right.Start, right.End)));
    }

    private void ReadProperty(ref Utf8JsonReader reader)
    {
        string name = reader.GetString()!;
        _ = reader.Read();
        if (name == SafeTensorsFormat.MetadataKey)
        {
            ReadMetadata(ref reader);
            return;
        }
        if (!_names.Add(name))
        {
            throw Error(name, "every name once", "the name a second time");
        }
        Tensors.Add(ReadTensor(ref reader, name));
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (_metadataSeen)
        {
            throw Error(null, "__metadata__ once", "it a second time");
        }
        _metadataSeen = true;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        Require(ref reader, JsonTokenType.StartObject, null, "__metadata__ to be an object of strings");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            _ = reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                throw Error(null, $"a string under {SafeTensorsException.Quote(key)} of __metadata__", Got(ref reader));
            }
            if (!Metadata.TryAdd(key, reader.GetString()!))
            {
                throw Error(null, "every key of __metadata__ once", $"{SafeTensorsException.Quote(key)} a second time");
            }
        }
    }

    private SafeTensorsTensorHeader ReadTensor(ref Utf8JsonReader reader, string name)
    {
        Require(ref reader, JsonTokenType.StartObject, name, "an object with dtype, shape and data_offsets");
        SafeTensorsType? type = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.ValueTextEquals("dtype"u8) ? "dtype"
                : reader.ValueTextEquals("shape"u8) ? "shape"
                : reader.ValueTextEquals("data_offsets"u8) ? "data_offsets" : "";
            _ = reader.Read();
            switch (field)
            {
                case "dtype" when type is null: type = ReadType(ref reader, name); break;
                case "shape" when shape is null: shape = ReadNumbers(ref reader, name, field); break;
                case "data_offsets" when offsets is null: offsets = ReadNumbers(ref reader, name, field); break;
                case "": reader.Skip(); break;
                default: throw Error(name, "every field once", $"{field} a second time");
            }
        }
        if (type is null || shape is null || offsets is null)
        {
            string missing = type is null ? "dtype" : shape is null ? "shape" : "data_offsets";
            throw Error(name, "the fields dtype, shape and data_offsets", $"no {missing}");
        }
        if (offsets.Length != 2)
        {
            throw Error(name, "two data_offsets, begin and end", $"{offsets.Length}");
        }
        return new(name, type.Value, shape, offsets[0], offsets[1]);
    }

    private SafeTensorsType ReadType(ref Utf8JsonReader reader, string name)
    {
        Require(ref reader, JsonTokenType.String, name, "dtype to be a string");
        string text = reader.GetString()!;
        return SafeTensorsTypes.TryParse(text, out var type)
            ? type
            : throw Error(name, "a dtype that this version reads", NearestName.Describe("dtype", Shorten(text), SafeTensorsTypes.Names));
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string field)
    {
        Require(ref reader, JsonTokenType.StartArray, name, "shape and data_offsets to be arrays");
        _numbers.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // "-0" is a number to the parser but not to the reference implementation.
            if (reader.TokenType != JsonTokenType.Number || reader.ValueSpan[0] == (byte)'-' || !reader.TryGetInt64(out long number))
            {
                throw Error(name, $"{field} of whole numbers from 0 to 2^63 - 1", Got(ref reader));
            }
            _numbers.Add(number);
        }
        return [.. _numbers];
    }

    private void Require(ref Utf8JsonReader reader, JsonTokenType type, string? name, string expected)
    {
        if (reader.TokenType != type)
        {
            throw Error(name, expected, Got(ref reader));
        }
    }

    private static string Got(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => Shorten(System.Text.Encoding.ASCII.GetString(reader.ValueSpan)),
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        _ => $"{reader.TokenType}".ToLowerInvariant(),
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "...";

    private SafeTensorsException Error(string? name, string expected, string got, Exception? inner = null) =>
        new(_path, name, expected, got, inner);
}
